package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "check",
        description = "Checks everything that can be checked without changing anything.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary check --plan canary.yml"})
final class CheckCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.run(options.read(), Rollout::check);
    }
}
