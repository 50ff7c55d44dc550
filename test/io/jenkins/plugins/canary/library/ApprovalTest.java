package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A held canary whose promotion named people decide. */
class ApprovalTest {

    private static final String JENKINSFILE = App.JENKINSFILE + ", approvers: ['kim', 'ops']";

    @ParameterizedTest
    @EnumSource
    void asksNamedPeopleWithoutHoldingAnExecutor(Mode mode) {
        PipelineRun run = App.build(mode).answer("input", step -> decision("promote"))
                .run(JENKINSFILE + ", approvalTimeout: '30m'");

        assertThat(run.failure()).isEmpty();
        StepCalled input = run.called("input").get(0);
        assertThat(input.inside()).containsExactly("stage Promote", "timeout");
        assertThat(input.argument("submitter")).isEqualTo("kim,ops");
        assertThat(run.called("timeout").get(0).named()).isEqualTo(Map.of("time", 1800, "unit", "SECONDS"));
        assertThat(run.log()).contains("kim decided: promote");
    }

    @ParameterizedTest
    @CsvSource({"TRUSTED,promote,promote-canary,", "SANDBOXED,promote,promote-canary,",
            "TRUSTED,rollback,rollback,ABORTED", "SANDBOXED,rollback,rollback,ABORTED"})
    void doesWhatTheyDecide(Mode mode, String answer, String type, String buildResult) {
        PipelineRun run = App.build(mode).answer("input", step -> decision(answer)).run(JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.stages()).endsWith("Verify", "Promote");
        StepCalled move = run.called("canaryDeploy").get(1);
        assertThat(move.named()).isEqualTo(Map.of("plan", "canary.yml", "sshCredentialsId", "deploy-key",
                "type", type, "failOnRollback", false));
        assertThat(move.inside()).containsExactly("stage Promote", "node");
        assertThat(run.called("checkout")).hasSize(2);
        assertThat(run.ofBuild("result")).isEqualTo(buildResult);
    }

    /** The workspace of a later node may hold another commit by then. */
    @ParameterizedTest
    @EnumSource
    void promotesWithThePlanOfTheCommitThatItDeployed(Mode mode) {
        PipelineRun run = App.build(mode).answer("input", step -> decision("promote"))
                .answer("sh", step -> App.COMMIT).run(JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("withEnv").get(0).argument("")).isEqualTo(List.of("CANARY_REVISION=" + App.COMMIT));
    }

    @ParameterizedTest
    @EnumSource
    void holdsWhereTheySaySo(Mode mode) {
        PipelineRun run = App.build(mode).answer("input", step -> decision("hold")).run(JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(1);
        assertThat(run.ofBuild("result")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"TRUSTED,rollback,2", "SANDBOXED,rollback,2", "TRUSTED,hold,1", "SANDBOXED,hold,1"})
    void doesWhatTheJenkinsfileSaysWhenNobodyDecides(Mode mode, String onTimeout, int calls) {
        PipelineRun run = App.build(mode)
                .answer("input", step -> {
                    Thread.sleep(1100);
                    throw new InterruptedException("Timeout has been exceeded");
                })
                .run(JENKINSFILE + ", approvalTimeout: '1s', onApprovalTimeout: '" + onTimeout + "'");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(calls);
        assertThat(run.log()).contains("Nobody decided within 1s: " + onTimeout + ".");
    }

    @ParameterizedTest
    @EnumSource
    void changesNothingWhenTheBuildIsAborted(Mode mode) {
        PipelineRun run = App.build(mode)
                .answer("input", step -> {
                    throw new InterruptedException("Aborted by kim");
                })
                .run(JENKINSFILE + ", onApprovalTimeout: 'rollback'");

        assertThat(run.failure()).get().isInstanceOf(InterruptedException.class);
        assertThat(run.called("canaryDeploy")).hasSize(1);
        assertThat(run.log()).anyMatch(line -> line.startsWith("The build was aborted: the canary holds"));
    }

    @ParameterizedTest
    @EnumSource
    void failsWhereThePromotionFails(Mode mode) {
        PipelineRun run = App.build(mode).answer("input", step -> decision("promote"))
                .answer("canaryDeploy", step -> App.result(
                        step.argument("type").equals("promote-canary") ? "ROLLED_BACK" : "HOLDING"))
                .run(JENKINSFILE + ", onFailure: { echo \"told: ${it.result.state}\" }");

        assertThat(run.failure()).get().extracting(Throwable::getMessage).isEqualTo("the message of ROLLED_BACK");
        assertThat(run.log()).contains("told: ROLLED_BACK");
    }

    @ParameterizedTest
    @EnumSource
    void asksNobodyAboutWhatDoesNotHold(Mode mode) {
        PipelineRun run = App.build(mode).parameters(App.form("stable")).run(JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("input")).isEmpty();
    }

    private static Map<String, Object> decision(String decision) {
        return new LinkedHashMap<>(Map.of("decision", decision, "approver", "kim"));
    }
}
