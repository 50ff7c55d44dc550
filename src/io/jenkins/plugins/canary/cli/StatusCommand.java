package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "status",
        description = "Shows what runs, what has which share, and how the last rollout ended.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary status --plan canary.yml --json"})
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.run(options.read(), Rollout::status);
    }
}
