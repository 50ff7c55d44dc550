package io.jenkins.plugins.canary.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.acceptance.Controller.Build;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.Release;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("io.jenkins.plugins.canary.acceptance.Controller#isGiven")
class StepsAcceptanceTest {

    private static Bench bench;
    private static int releases = 1;

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

    private static String push() throws IOException {
        return bench.host.pushRelease(Release.working(String.valueOf(++releases)));
    }

    @Test
    void holdsACanaryThenPromotesIt() throws IOException {
        String commit = push();
        Build held = bench.jenkins.build("hold", bench.onAgent(Bench.QUICK, """
                def result = canaryDeploy(sshCredentialsId: 'deploy-key', envFileCredentialsId: 'shop-env',
                    envCredentialsIds: [CLAUDE_API_KEY: 'claude-key'])
                echo "RESULT ${result.state} ${result.commit} ${result.services.backend.share} ${result.services.backend.weights.canary}"
                """));
        assertThat(held.end()).as(held.console()).isEqualTo("SUCCESS");
        assertThat(held.console()).contains("RESULT HOLDING " + commit + " 60.0 600")
                .doesNotContain(bench.token()).doesNotContain(bench.apiKey());

        Build promoted = bench.jenkins.build("promote", bench.onAgent(Bench.QUICK, """
                def result = promoteCanary sshCredentialsId: 'deploy-key'
                echo "RESULT ${result.state}"
                """));
        assertThat(promoted.end()).as(promoted.console()).isEqualTo("SUCCESS");
        assertThat(promoted.console()).contains("RESULT SUCCEEDED");
    }
}
