package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.host.Await;
import io.jenkins.plugins.canary.rollout.Fate.Deed;
import io.jenkins.plugins.canary.rollout.Fate.Moment;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A deployer that stands still (a laptop that sleeps, an agent without memory) until its lease is over and another has
 * taken the app, and then wakes up: the host refuses it, whatever it was about to do.
 */
class StoppedDeployerTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    @RegisterExtension
    static final HeldCanary held = new HeldCanary("backend");

    private static ProductionHost host;

    private DeployerProcess stopped;

    @BeforeAll
    static void start() throws IOException {
        host = held.host();
    }

    @AfterEach
    void end() {
        if (stopped != null) {
            stopped.close();
        }
    }

    /** What it read is old by then: the other one has changed the same file, given its lease back, and is gone. */
    @Test
    void betweenItsLookAndItsChange() throws IOException {
        begin(held.plan(), new Fate("STOP", Moment.BEFORE, Deed.RELOAD, 1), Operation.WEIGHTS, 30);
        stopped.awaitStopped();
        awaitLeaseOver();
        takeOver(20);
        assertIsRefused();
    }

    /** The host itself is in the middle of the change: it is ended there before the other one begins. */
    @Test
    void whileTheHostTestsItsNewConfiguration() throws IOException {
        Path entered = host.home().resolve("entered");
        Path leave = host.home().resolve("leave");
        String slow = held.planWithNginx(Deployer.QUICK, """
                case "$*" in
                *'-t -q'*) [ -e %1$s ] || { : >%1$s; until [ -e %2$s ]; do sleep 0.1; done; } ;;
                esac
                """.formatted(entered, leave));
        begin(slow, Fate.LIVES, Operation.WEIGHTS, 30);
        Await.until("the host tests the configuration: " + stopped, LONG, () -> Files.exists(entered));
        stopped.signal("STOP");
        DeadLease.pass(host);
        takeOver(20);
        // Whatever is left of the earlier one goes on now.
        Files.createFile(leave);
        assertIsRefused();
    }

    /** A hundred megabytes wait for a deployer that reads none of them, and the rest of the change behind them. */
    @Test
    void withAHundredMegabytesInThePipe() throws IOException {
        Path entered = host.home().resolve("entered-3");
        Path leave = host.home().resolve("leave-3");
        String talkative = held.planWithNginx(Deployer.QUICK, """
                case "$*" in
                *'-t -q'*)
                    if [ ! -e %1$s ]; then
                        : >%1$s
                        until [ -e %2$s ]; do sleep 0.1; done
                        head -c 104857600 /dev/zero
                    fi ;;
                esac
                """.formatted(entered, leave));
        begin(talkative, Fate.LIVES, Operation.WEIGHTS, 30);
        Await.until("the host tests the configuration: " + stopped, LONG, () -> Files.exists(entered));
        stopped.signal("STOP");
        Files.createFile(leave);
        Await.until("the host sends", LONG, () -> host.commands().stream().anyMatch(line -> line.contains("base64 ")));
        DeadLease.pass(host);
        takeOver(20);
        assertIsRefused();
    }

    /** What the woken one does about its lost connection must not touch what its successor has under way. */
    @Test
    void whileItsSuccessorIsAtWork() throws IOException {
        Path entered = host.home().resolve("entered-2");
        String slow = held.planWithNginx(Deployer.QUICK, """
                case "$*" in *'-t -q'*) [ -e %1$s ] || { : >%1$s; sleep 600; } ;; esac
                """.formatted(entered));
        begin(slow, Fate.LIVES, Operation.WEIGHTS, 30);
        Await.until("the host tests the configuration: " + stopped, LONG, () -> Files.exists(entered));
        stopped.signal("STOP");
        DeadLease.pass(host);

        Deployer successor = new Deployer(held.plan("rollout: {steps: [40], soak: 5s, minRequests: 10}\n"));
        successor.at(event -> event.type() == Type.SHARE, () -> {
            try {
                List<String> shells = shells();
                assertThat(shells).isNotEmpty();
                stopped.signal("CONT");
                assertThat(stopped.awaitEnd()).as(stopped.toString()).isEqualTo(4);
                assertThat(shells()).as(stopped.toString()).containsAnyElementsOf(shells);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Outcome outcome = DeadLease.then(host, successor, rollout -> Operation.CANARY_AUTO.on(rollout, 0));

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        held.assertServed("backend", 40);
    }

    @Test
    void duringABuild() throws IOException {
        host.pushRelease(Release.working("3").with("backend",
                new Behaviour(Behaviour.WORKS.start(), "RUN [\"/bin/sleep\", \"120\"]\n")));
        Map<String, String> before = held.slots();
        begin(held.plan(), Fate.LIVES, Operation.CANARY_AUTO, 0);
        Await.until("the build is under way: " + stopped, LONG, StoppedDeployerTest::composeRuns);
        stopped.signal("STOP");
        DeadLease.pass(host);
        takeOver(0);
        assertThat(composeRuns()).as("the build was ended").isFalse();
        stopped.signal("CONT");
        assertThat(stopped.awaitEnd()).as(stopped.toString()).isEqualTo(End.HELD_BY_ANOTHER.exitCode());

        assertThat(held.slots()).isEqualTo(before);
        held.assertServed("backend", 0);
        host.pushRelease(Release.working("2"));
    }

    /** Those that a deployer keeps for its next commands. */
    private static List<String> shells() {
        return host.commands().stream().filter(command -> command.matches("\\d+ /bin/sh")).toList();
    }

    private static boolean composeRuns() {
        return host.commands().stream().anyMatch(line -> line.contains(" up -d "));
    }

    private void begin(String plan, Fate fate, Operation operation, double share) throws IOException {
        Path file = Files.writeString(Files.createTempFile(host.home(), "stopped", ".yml"), plan);
        stopped = DeployerProcess.start(file, Files.createTempFile(host.home(), "stopped", ".log"));
        stopped.order(fate, operation, share);
    }

    /** By the host's clock, as it is in the field. */
    private static void awaitLeaseOver() {
        Path lease = host.state().resolve(host.app()).resolve("lease");
        Await.until("the lease is over", LONG, () ->
                Long.parseLong(Files.readString(lease).split(" ")[1]) <= System.currentTimeMillis() / 1000);
    }

    private static void takeOver(double share) throws IOException {
        try (Traffic users = Traffic.start(host)) {
            Outcome outcome = DeadLease.then(host, new Deployer(held.plan()),
                    rollout -> rollout.setWeights(Map.of("backend", share)));
            assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
            assertThat(users.report().failed()).as("%s", users.report().failures()).isZero();
        }
    }

    /** Wakes it up. */
    private void assertIsRefused() throws IOException {
        String configured = held.configured();
        stopped.signal("CONT");
        assertThat(stopped.awaitEnd()).as(stopped.toString()).isEqualTo(End.HELD_BY_ANOTHER.exitCode());
        assertThat(stopped.toString()).contains("this rollout lost its lease on edge to another: weights by a test",
                "Nothing was rolled back");
        assertThat(held.configured()).isEqualTo(configured);
        held.assertServed("backend", 20);
        held.assertNothingIsLeft();
    }
}
