package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "promote",
        description = "Makes the held canary the stable release.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary promote --plan canary.yml"})
final class PromoteCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.run(options.read(), Rollout::promote);
    }
}
