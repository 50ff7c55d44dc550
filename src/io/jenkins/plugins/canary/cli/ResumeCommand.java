package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "resume",
        description = "Goes on with a rollout that did not come to its end, or finishes its way back.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary resume --plan canary.yml"})
final class ResumeCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.run(options.read(), Rollout::resume);
    }
}
