package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.plan.Plan;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "weights",
        description = "Sets shares and verifies them; without --share shows and verifies what is set.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary weights --plan canary.yml --share backend=12.5"})
final class WeightsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PlanOptions options;

    @Mixin
    private Shares shares;

    @Override
    public Integer call() {
        Plan plan = options.read();
        Map<String, Double> wanted = shares.of(plan, spec);
        return options.run(plan, rollout -> wanted.isEmpty() ? rollout.showWeights() : rollout.setWeights(wanted));
    }
}
