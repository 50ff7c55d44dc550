package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.cli.Main;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A deployer that is killed at any line of its journal leaves what a later run finishes or undoes. */
final class KilledDeployerTest {

    private static final String FAST = """
            rollout: {steps: [30, 60], soak: 200ms, minRequests: 10, drain: 5s}
            promote: {steps: [100], soak: 100ms}
            """;

    private static ProductionHost host;
    private static Deployer deployer;
    private static Path plan;

    @BeforeAll
    static void start() throws IOException {
        host = ProductionHost.start();
        String text = host.plan(List.of("backend")) + FAST;
        plan = Files.writeString(host.home().resolve("killed.yml"), text);
        deployer = new Deployer(text);
    }

    @AfterAll
    static void end() throws IOException {
        host.close();
    }

    @Test
    void finishesOrUndoesACanaryWhereverItsDeployerWasKilled() throws Exception {
        host.pushRelease(Release.working("2"));
        try (Traffic traffic = Traffic.start(host)) {
            for (int line = 1; killedAtLine(line, "deploy", "--type", "canary-auto"); line += 3) {
                Outcome outcome = resume();
                assertThat(outcome.state()).as("resumed after line %d: %s", line, deployer.log()).isEqualTo(State.HOLDING);
                assertThat(outcome.services().get("backend").weights()).isEqualTo(Weights.ofShare(60));
                assertNothingIsLeft(line);
                assertThat(deployer.run(rollout -> rollout.rollback(false)).end()).isEqualTo(End.DONE);
            }
            assertThat(deployer.run(Rollout::history).end()).isEqualTo(End.DONE);
            assertThat(deployer.log()).contains("canary-auto", "HOLDING", "rollback", "ROLLED_BACK", "a test");
            assertThat(traffic.report().failed()).as(traffic.report().failures().toString()).isZero();
        }
    }

    /** Whether the command was still running when its journal had so many new lines; it is dead then. */
    private static boolean killedAtLine(int line, String... words) throws IOException, InterruptedException {
        int before = journal().size();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        command.addAll(List.of("--plan", plan.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(host.home().resolve("killed.log").toFile()).start();
        try {
            while (process.isAlive() && journal().size() < before + line) {
                process.waitFor(2, TimeUnit.MILLISECONDS);
            }
            return process.isAlive() || process.exitValue() != 0;
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private static Outcome resume() {
        // Not the 20 s until the dead one's lease is over: what --force is for.
        assertThat(deployer.run(Rollout::unlock).end()).as(deployer.log()).isEqualTo(End.DONE);
        return deployer.run(Rollout::resume);
    }

    private static List<String> journal() throws IOException {
        Path file = state().resolve("journal.ndjson");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Path state() {
        return host.state().resolve(host.app());
    }

    private static void assertNothingIsLeft(int line) throws IOException {
        try (Stream<Path> sessions = Files.list(state().resolve("sessions"));
                Stream<Path> config = Files.list(host.nginxConf().getParent())) {
            assertThat(sessions).as("sessions after line %d", line).isEmpty();
            assertThat(config.filter(file -> file.getFileName().toString().contains(".canary-"))).isEmpty();
        }
    }
}
