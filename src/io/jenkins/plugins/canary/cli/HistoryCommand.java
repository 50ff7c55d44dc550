package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "history",
        description = "Shows who deployed which commit when, and how it ended.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary history --plan canary.yml --json"})
final class HistoryCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.run(options.read(), Rollout::history);
    }
}
