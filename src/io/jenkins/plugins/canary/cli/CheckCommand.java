package io.jenkins.plugins.canary.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "check",
        description = "Checks everything that can be checked without changing anything.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary check --plan canary.yml"})
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PlanOptions options;

    @Option(names = "--commit", paramLabel = "SHA", description = "A commit that is to be deployed: whether it can be had.")
    private Optional<String> commit;

    @Override
    public Integer call() {
        commit.filter(hash -> !hash.matches("[0-9a-fA-F]{7,64}")).ifPresent(hash -> {
            throw new ParameterException(spec.commandLine(), "--commit " + hash + " is no commit hash");
        });
        return options.run(options.read(), rollout -> rollout.check(commit));
    }
}
