package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.ConsoleSink;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.JsonSink;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.event.Sink;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.event.TerminalSink;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.notice.Notices;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.rollout.Hosts;
import io.jenkins.plugins.canary.rollout.Outcome;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import io.jenkins.plugins.canary.rollout.Rollout;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The options that every command has, and the rollout they lead to. */
final class PlanOptions {

    /** How long Ctrl-C waits for the way back: drains and health checks take their time. */
    private static final long WAY_BACK_MINUTES = 15;

    @Option(names = "--plan", required = true, paramLabel = "FILE", description = "The plan, such as canary.yml.")
    Path plan;

    @Option(names = "--json", description = "One event a line as JSON; the last line is the outcome.")
    boolean json;

    private final Secrets secrets = new Secrets();
    private final NoticeVariables variables = new NoticeVariables(System.getenv());
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Something to do with a rollout. */
    interface Action {
        Outcome on(Rollout rollout);
    }

    Plan read() {
        return PlanReader.read(plan);
    }

    Secrets secrets() {
        return secrets;
    }

    /**
     * Does it, and rolls back on Ctrl-C or a TERM signal.
     *
     * @return the exit code
     */
    int run(Plan plan, Action action) {
        Abort abort = new Abort();
        Notices notices = notices();
        Events events = new Events(secrets, List.of(sink(), notices), Clock.systemUTC());
        CountDownLatch ended = new CountDownLatch(1);
        int[] exitCode = new int[1];
        Thread onSignal = new Thread(() -> rollBackOnSignal(abort, events, ended, exitCode), "on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try (notices; Hosts hosts = new Hosts(plan, new Logins(secrets))) {
            Rollout rollout = new Rollout(plan, ForbiddenHostsFile.read(ForbiddenHostsFile.USUAL, System.getenv()),
                    hosts.byName(), events, abort, by(), build(), directions().next());
            exitCode[0] = action.on(rollout).end().exitCode();
            return exitCode[0];
        } catch (IOException e) {
            return refuse(plan, "", "the list of hosts that no rollout may touch can't be read: " + e + ". Without it nothing is"
                    + " done; let " + System.getProperty("user.name") + " read it.");
        } finally {
            ended.countDown();
        }
    }

    /**
     * Ends before there is a rollout.
     *
     * @param action what was to be done
     * @return the exit code
     */
    int refuse(Plan plan, String action, String message) {
        try (Notices notices = notices()) {
            Events events = new Events(secrets, List.of(sink(), notices), Clock.systemUTC());
            events.state(State.REFUSED, "refused; nothing was changed");
            return Rollout.refused(plan, events, by(), build(), directions().next(), action, message).end().exitCode();
        }
    }

    /** What it warns of goes to standard error: in standard output the outcome is the last line. */
    private Notices notices() {
        return new Notices(
                variables.settings(System.err::println), directions(), secrets, System.err::println);
    }

    private Directions directions() {
        return variables.directions(plan);
    }

    private static void rollBackOnSignal(Abort abort, Events events, CountDownLatch ended, int[] exitCode) {
        if (ended.getCount() == 0) {
            return;
        }
        events.warning(events.state() == State.HOLDING
                ? "stopping: the canary stays held, and nobody watches it from here on"
                : "stopping: rolling back as soon as the running command has ended; please wait");
        abort.request();
        try {
            if (ended.await(WAY_BACK_MINUTES, TimeUnit.MINUTES)) {
                Runtime.getRuntime().halt(exitCode[0]);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(End.PERSON_MUST_LOOK.exitCode());
    }

    private Sink sink() {
        if (json) {
            return new JsonSink(out);
        }
        return System.console() == null
                ? new ConsoleSink(out, ZoneId.systemDefault())
                : new TerminalSink(out, ZoneId.systemDefault());
    }

    private static String build() {
        return System.getenv().getOrDefault("BUILD_URL", "");
    }

    private static String by() {
        String machine;
        try {
            machine = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            machine = "unknown";
        }
        return System.getProperty("user.name") + "@" + machine;
    }
}
