package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The vars that are thin covers of the plugin's steps, and what a team gives to all of them. */
class ThinVarsTest {

    static Stream<Arguments> vars() {
        return Stream.of("canaryDeploy", "setNginxWeights", "promoteCanary", "rollbackStable")
                .flatMap(var -> Stream.of(Mode.values()).map(mode -> Arguments.of(mode, var)));
    }

    @ParameterizedTest
    @MethodSource("vars")
    void handsItsArgumentsToTheStepAndReturnsTheResult(Mode mode, String var) {
        PipelineRun run = build(mode, var, "0.1.0").run("return " + var + "(plan: 'x.yml', failOnRollback: false)");

        assertThat(run.failure()).isEmpty();
        assertThat(run.steps()).containsExactly(var);
        assertThat(run.called(var).get(0).named()).isEqualTo(Map.of("plan", "x.yml", "failOnRollback", false));
        assertThat(((Map<?, ?>) run.result()).get("state")).isEqualTo("SUCCEEDED");
    }

    @ParameterizedTest
    @MethodSource("vars")
    void refusesParametersThatTheStepDoesNotHave(Mode mode, String var) {
        PipelineRun run = build(mode, var, "0.1.0").run(var + "(paln: 'x.yml')");

        assertThat(run.failure()).get().extracting(Throwable::getMessage)
                .isEqualTo(var + " has no parameter `paln`; did you mean `plan`?");
        assertThat(run.called(var)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("vars")
    void saysWhichPluginIsMissing(Mode mode, String var) {
        PipelineRun run = build(mode, var, "0.1.0").without(var).run(var + "()");

        assertThat(run.failure()).get().isInstanceOf(PipelineRun.Aborted.class);
        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString().startsWith(
                "The plugin Canary Deploy is not installed, or is older than 0.1.0, which this library needs:"
                        + " there is no step " + var + ".");
    }

    /** The plugin's own fault must stay what it is. */
    @ParameterizedTest
    @MethodSource("vars")
    void hidesNoOtherError(Mode mode, String var) {
        NoSuchMethodError error = new NoSuchMethodError("'void java.util.List.addLast(java.lang.Object)'");
        PipelineRun run = build(mode, var, "0.1.0")
                .answer(var, step -> {
                    throw error;
                })
                .run(var + "()");

        assertThat(run.failure()).contains(error);
    }

    @ParameterizedTest
    @CsvSource({"0.0.9,0.0.9", "0.0,0.0", ",one that does not say its version", "unknown,unknown"})
    void namesBothVersionsWhereThePluginIsOlder(String installed, String named) {
        for (Mode mode : Mode.values()) {
            PipelineRun run = build(mode, "canaryDeploy", installed).run("canaryDeploy()");

            assertThat(run.failure()).get().extracting(Throwable::getMessage).asString().startsWith(
                    "This version of the canary-deploy library needs the plugin Canary Deploy 0.1.0 or newer;"
                            + " installed is " + named + ".");
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1.0", "0.1", "0.1.1-SNAPSHOT", "0.2", "1.0", "10.0.1"})
    void takesTheSameVersionAndNewerOnes(String installed) {
        assertThat(build(Mode.SANDBOXED, "canaryDeploy", installed).run("canaryDeploy()").failure()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void fillsInWhatTheTeamHasGivenInTheEnvironment(Mode mode) {
        PipelineRun run = build(mode, "canaryDeploy", "0.1.0")
                .environment(Map.of("CANARY_SSH_CREDENTIALS_ID", "team-key", "CANARY_SOAK", "2m",
                        "CANARY_HOST_CREDENTIALS_IDS", "edge=edge-key, app1=app-key"))
                .run("canaryDeploy(soak: '1m')");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).named()).isEqualTo(Map.of("sshCredentialsId", "team-key",
                "soak", "1m", "hostCredentialsIds", Map.of("edge", "edge-key", "app1", "app-key")));
    }

    @ParameterizedTest
    @EnumSource
    void fillsInWhatTheJenkinsfileHasGivenBefore(Mode mode) {
        PipelineRun run = build(mode, "promoteCanary", "0.1.0").run("""
                canaryDefaults sshCredentialsId: 'team-key', envFileCredentialsId: 'shop-env',
                        hostCredentialsIds: [edge: 'edge-key'], approvers: ['kim', 'ops']
                promoteCanary()
                return canaryDefaults()
                """);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("promoteCanary").get(0).named()).isEqualTo(Map.of("sshCredentialsId", "team-key",
                "hostCredentialsIds", Map.of("edge", "edge-key")));
        assertThat(((Map<?, ?>) run.result()).get("approvers")).isEqualTo("kim,ops");
    }

    @ParameterizedTest
    @EnumSource
    void refusesDefaultsThatThereAreNot(Mode mode) {
        PipelineRun run = new PipelineRun(mode).run("canaryDefaults sshCredentials: 'x'");

        assertThat(run.failure()).get().extracting(Throwable::getMessage)
                .isEqualTo("canaryDefaults has no parameter `sshCredentials`; did you mean `sshCredentialsId`?");
    }

    @ParameterizedTest
    @EnumSource
    void fillsThemIntoThePipelineToo(Mode mode) {
        PipelineRun run = App.build(mode).environment(Map.of("CANARY_SSH_CREDENTIALS_ID", "team-key",
                "CANARY_BRANCH", "main", "CANARY_AGENT", "docker")).run("canaryPipeline()");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("node").get(0).text()).isEqualTo("docker");
        assertThat(run.called("canaryDeploy").get(0).argument("sshCredentialsId")).isEqualTo("team-key");
        assertThat(run.called("properties").get(0).toString()).contains("includeBranchesSpec=main");
    }

    private static PipelineRun build(Mode mode, String step, String version) {
        Map<String, Object> result = new LinkedHashMap<>(App.result("SUCCEEDED"));
        result.put("pluginVersion", version);
        return new PipelineRun(mode).answer(step, called -> result);
    }

    /** Keeps the list above whole. */
    @ParameterizedTest
    @EnumSource
    void coversEveryStep(Mode mode) {
        PipelineRun run = new PipelineRun(mode).run("""
                import io.jenkins.plugins.canary.library.Parameters
                return new ArrayList(Parameters.OF_STEP.keySet())
                """);

        assertThat(run.result()).isEqualTo(List.of("canaryDeploy", "setNginxWeights", "promoteCanary",
                "rollbackStable"));
    }
}
