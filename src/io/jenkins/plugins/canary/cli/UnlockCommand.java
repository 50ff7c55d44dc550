package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.rollout.Rollout;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "unlock",
        description = "Breaks the lease of a rollout that can't be ended otherwise; what it has under way is ended.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary unlock --plan canary.yml --force"})
final class UnlockCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Option(names = "--force", description = "Really do it; without, it is only shown who holds the app.")
    private boolean force;

    @Override
    public Integer call() {
        return options.run(options.read(), force ? Rollout::unlock : Rollout::status);
    }
}
