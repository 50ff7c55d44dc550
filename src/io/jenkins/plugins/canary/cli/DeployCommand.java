package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.DeployRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "deploy", description = "Releases a commit: beside the stable release with a share, or for everyone.",
        mixinStandardHelpOptions = true, sortOptions = false,
        footer = {"", "Example: canary deploy --plan canary.yml --type canary-manual --share backend=30"})
final class DeployCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PlanOptions options;

    @Option(names = "--type", required = true, paramLabel = "TYPE",
            description = "canary-auto (the plan's steps), canary-manual (the given shares), stable (for everyone),"
                    + " promote-canary or rollback.")
    private String type;

    @Mixin
    private Shares shares;

    @Option(names = "--commit", paramLabel = "SHA",
            description = "The commit; by default the newest of the plan's branch.")
    private Optional<String> commit;

    @Option(names = "--env-file", paramLabel = "FILE",
            description = "The release's .env; by default the stable slot's.")
    private Optional<Path> envFile;

    @Override
    public Integer call() throws IOException {
        DeployType deployType = DeployType.of(type).orElseThrow(() -> wrong("--type " + type
                + " is none of canary-auto, canary-manual, stable, promote-canary, rollback"));
        boolean manual = deployType == DeployType.CANARY_MANUAL;
        if (manual == shares.isEmpty()) {
            throw wrong(manual
                    ? "canary-manual needs --share, such as --share backend=30"
                    : "--share goes with --type canary-manual; " + type + " takes its shares from the plan");
        }
        commit.filter(hash -> !DeployRequest.isHash(hash)).ifPresent(hash -> {
            throw wrong("--commit " + hash + " is no commit hash");
        });
        Plan plan = options.read();
        Map<String, Double> wanted = shares.of(plan, spec);
        Optional<EnvText> env;
        try {
            env = envFile.isPresent() ? Optional.of(readEnv(envFile.get())) : Optional.empty();
        } catch (Refused e) {
            return options.refuse(plan, type, envFile.get() + ": " + e.getMessage());
        }
        return options.run(plan, rollout -> switch (deployType) {
            case PROMOTE_CANARY -> rollout.promote();
            case ROLLBACK -> rollout.rollback(false);
            default -> rollout.deploy(deployType, new DeployRequest(wanted, commit, env));
        });
    }

    private EnvText readEnv(Path file) throws IOException, Refused {
        if (!Files.isReadable(file)) {
            throw wrong("--env-file " + file + " can't be read");
        }
        EnvText env = EnvText.parse(Files.readAllBytes(file));
        options.secrets().addValuesOf(env.reveal());
        return env;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
