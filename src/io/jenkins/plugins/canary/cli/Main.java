package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.plan.PlanException;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code canary}: releases Docker Compose applications behind NGINX by canary. */
@Command(
        name = "canary",
        description = "Releases Docker Compose applications behind NGINX by canary.",
        version = "canary-deploy 0.1.0",
        mixinStandardHelpOptions = true,
        subcommands = {
            DeployCommand.class,
            WeightsCommand.class,
            PromoteCommand.class,
            RollbackCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            ResumeCommand.class,
            UnlockCommand.class,
            CheckCommand.class
        },
        footer = {"", "Mattermost and Telegram are told how a rollout ended where environment variables such as",
            "CANARY_MATTERMOST_URL name them: see docs/notices.md."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed and rolled back",
            "2:the plan or the command line is wrong",
            "3:refused before anything was changed",
            "4:another rollout holds the app",
            "5:a person must look"
        })
public final class Main {

    private Main() {}

    /** Runs a command and ends the program with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    boolean expected = e instanceof PlanException || e instanceof IOException;
                    command.getErr().println(expected ? e.getMessage()
                            : "a defect of Canary Deploy, please report it: " + e + " at " + e.getStackTrace()[0]);
                    return expected ? CommandLine.ExitCode.USAGE : End.PERSON_MUST_LOOK.exitCode();
                })
                .execute(arguments));
    }
}
