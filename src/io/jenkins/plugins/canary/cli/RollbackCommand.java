package io.jenkins.plugins.canary.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "rollback",
        description = "Sends all requests back to the stable slot; after a promotion, back to the release before.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary rollback --plan canary.yml --gradual"})
final class RollbackCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions options;

    @Option(names = "--gradual",
            description = "Steps down through the lower ones of the plan's steps, with a short soak at each.")
    private boolean gradual;

    @Override
    public Integer call() {
        return options.run(options.read(), rollout -> rollout.rollback(gradual));
    }
}
