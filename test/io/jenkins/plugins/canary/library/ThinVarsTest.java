package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The vars that are thin covers of the plugin's steps. */
class ThinVarsTest {

    private static final Map<String, Object> DONE = new java.util.LinkedHashMap<>(Map.of("state", "SUCCEEDED", "pluginVersion", "0.1.0"));

    @ParameterizedTest
    @EnumSource
    void handsItsArgumentsToTheStepAndReturnsTheResult(Mode mode) {
        PipelineRun run = new PipelineRun(mode).answer("canaryDeploy", step -> DONE)
                .run("return canaryDeploy(plan: 'canary.yml', type: 'stable')");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(1);
        assertThat(run.called("canaryDeploy").get(0).named()).isEqualTo(Map.of("plan", "canary.yml", "type", "stable"));
        assertThat(run.result()).isEqualTo(DONE);
    }
}
