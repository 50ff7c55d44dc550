package io.jenkins.plugins.canary.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.acceptance.Controller.Build;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a rollout when the controller or the agent goes away in the middle of it. */
@EnabledIf("io.jenkins.plugins.canary.acceptance.Controller#isGiven")
class RestartAcceptanceTest {

    private static Bench bench;
    private static int releases = 1;

    /** What goes away. */
    enum Loss {
        ORDERLY_STOP,
        KILL_OF_THE_CONTROLLER,
        KILL_OF_THE_AGENT;

        void happen() throws IOException {
            switch (this) {
                case ORDERLY_STOP -> {
                    bench.jenkins.stop();
                    bench.jenkins.launch();
                }
                case KILL_OF_THE_CONTROLLER -> {
                    bench.jenkins.kill();
                    bench.jenkins.launch();
                }
                case KILL_OF_THE_AGENT -> {
                    bench.agent.destroyForcibly();
                    bench.startAgent();
                }
            }
            bench.jenkins.awaitOnline(Bench.AGENT);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        bench = Bench.start();
    }

    @AfterAll
    static void end() throws IOException {
        if (bench != null) {
            bench.close();
        }
    }

    static Stream<Arguments> losses() {
        return Stream.of(Loss.values()).map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void goesOnAfterALossInTheMiddleOfASoak(Loss loss) throws IOException {
        bench.host.pushRelease(Release.working(String.valueOf(++releases)));
        try (Traffic traffic = Traffic.start(bench.host)) {
            Build build = bench.jenkins.build("soak-" + loss.name().toLowerCase(java.util.Locale.ROOT),
                    bench.onAgent(Bench.SLOW, Bench.deploy("")));
            build.awaitInConsole("applied: all services at 30 %");
            loss.happen();
            assertThat(build.end()).as(build.console()).isEqualTo("SUCCESS");
            assertThat(build.console()).contains("RESULT HOLDING");
            assertThat(bench.canaryWeight()).isEqualTo(600);
            assertThat(traffic.report().failed()).as("%s", traffic.report().failures()).isZero();
        }
        Build back = bench.jenkins.build("back", bench.onAgent(Bench.QUICK, "rollbackStable sshCredentialsId: 'deploy-key'"));
        assertThat(back.end()).as(back.console()).isEqualTo("SUCCESS");
    }

    @ParameterizedTest
    @MethodSource("losses")
    void finishesTheWayBackAfterALossInTheMiddleOfIt(Loss loss) throws IOException {
        bench.host.pushRelease(Release.working(String.valueOf(++releases)));
        try (Traffic traffic = Traffic.start(bench.host)) {
            Build build = bench.jenkins.build("way-back-" + loss.name().toLowerCase(java.util.Locale.ROOT),
                    bench.onAgent(Bench.SLOW, Bench.deploy("")));
            build.awaitInConsole("applied: all services at 30 %");
            build.abort();
            build.awaitInConsole("stopping as asked");
            loss.happen();
            assertThat(build.end()).as(build.console()).isEqualTo("ABORTED");
            assertThat(bench.canaryWeight()).isZero();
            assertThat(traffic.report().failed()).as("%s", traffic.report().failures()).isZero();
        }
    }
}
