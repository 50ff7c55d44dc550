package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A build from the form to its last stage. */
class CanaryPipelineTest {

    @ParameterizedTest
    @EnumSource
    void deploysTheCommitOfTheCheckout(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.stages()).containsExactly("Validate", "Prepare", "Deploy and shift", "Verify");
        assertThat(run.called("canaryDeploy")).hasSize(1);
        assertThat(run.called("canaryDeploy").get(0).named()).isEqualTo(Map.of("plan", "canary.yml",
                "sshCredentialsId", "deploy-key", "envFileCredentialsId", "shop-env", "type", "canary-auto",
                "commit", App.COMMIT, "failOnRollback", false));
        assertThat(run.called("canaryDeploy").get(0).inside()).containsExactly("node", "stage Deploy and shift");
        assertThat(run.ofBuild("description")).isEqualTo("canary-auto 4b825dc64: HOLDING");
        assertThat(run.ofBuild("result")).isNull();
        assertThat(run.called("input")).isEmpty();
        assertThat(run.log()).contains("  backend: 40.0 % to the canary, observed 40.2 % of 600 requests",
                "  python: 40.0 % to the canary, not sampled");
        assertThat(((Map<?, ?>) run.result()).get("state")).isEqualTo("HOLDING");
    }

    @ParameterizedTest
    @EnumSource
    void onlyRegistersInTheFirstBuildOfAJob(Mode mode) {
        PipelineRun run = App.newJob(mode).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.stages()).containsExactly("Validate");
        assertThat(run.called("properties")).hasSize(1);
        assertThat(run.called("canaryDeploy")).isEmpty();
        assertThat(run.ofBuild("result")).isEqualTo("NOT_BUILT");
        assertThat(run.log()).anyMatch(line -> line.startsWith("This first build has registered the parameters"));
    }

    @ParameterizedTest
    @EnumSource
    void registersAFormWithAShareForEachServiceOfThePlan(Mode mode) {
        List<Symbol> job = properties(App.build(mode).run(App.JENKINSFILE));

        assertThat(job).extracting(Symbol::name)
                .containsExactly("disableConcurrentBuilds", "parameters", "pipelineTriggers");
        List<Symbol> form = symbols(job.get(1).argument(""));
        assertThat(form).extracting(field -> field.argument("name")).containsExactly("DEPLOY_TYPE", "REVISION",
                "SHARE_backend", "SHARE_front-end", "SHARE_python");
        assertThat(form.get(0).argument("choices")).isEqualTo(
                List.of("canary-auto", "canary-manual", "stable", "promote-canary", "rollback"));
    }

    @ParameterizedTest
    @EnumSource
    void registersATriggerForPushesToTheBranchWithASecretToken(Mode mode) {
        List<Symbol> job = properties(App.build(mode).run(App.JENKINSFILE + ", branch: 'main'"));

        assertThat(symbols(job.get(2).argument("")).get(0)).isEqualTo(new Symbol("gitlab", Map.of(
                "triggerOnPush", true, "triggerOnMergeRequest", false, "triggerOnNoteRequest", false,
                "triggerOpenMergeRequestOnPush", "never", "branchFilterType", "NameBasedFilter",
                "includeBranchesSpec", "main", "secretToken", "secret of gitlab-webhook-token")));
    }

    @ParameterizedTest
    @CsvSource({"TRUSTED,stable", "SANDBOXED,stable"})
    void deploysForEveryone(Mode mode, String type) {
        PipelineRun run = App.build(mode).parameters(App.form(type)).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).argument("type")).isEqualTo("stable");
        assertThat(run.called("canaryDeploy").get(0).argument("commit")).isEqualTo(App.COMMIT);
    }

    @ParameterizedTest
    @CsvSource({"TRUSTED,promote-canary", "SANDBOXED,promote-canary", "TRUSTED,rollback", "SANDBOXED,rollback"})
    void onlyMovesRequestsWhereNothingIsDeployed(Mode mode, String type) {
        PipelineRun run = App.build(mode).parameters(App.form(type))
                .run(App.JENKINSFILE + ", beforeDeploy: { error 'must not run' }, soak: '5s'");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(1);
        assertThat(run.called("canaryDeploy").get(0).named()).isEqualTo(Map.of("plan", "canary.yml",
                "sshCredentialsId", "deploy-key", "type", type, "failOnRollback", false));
    }

    @ParameterizedTest
    @EnumSource
    void handsTheSharesOfTheFormToAManualCanary(Mode mode) {
        Map<String, Object> form = App.form("canary-manual");
        form.put("SHARE_backend", " 30 ");
        form.put("SHARE_python", "12.5");
        PipelineRun run = App.build(mode).parameters(form).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).argument("shares"))
                .isEqualTo(Map.of("backend", "30", "python", "12.5"));
    }

    @ParameterizedTest
    @EnumSource
    void passesOnWhatTheJenkinsfileSaysToTheStep(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE + ", hostCredentialsIds: [edge: 'edge-key'],"
                + " envCredentialsIds: [API_KEY: 'api-key'], soak: '1m', onAbort: 'hold'");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).named()).containsAllEntriesOf(Map.of(
                "hostCredentialsIds", Map.of("edge", "edge-key"), "envCredentialsIds", Map.of("API_KEY", "api-key"),
                "soak", "1m", "onAbort", "hold"));
    }

    @ParameterizedTest
    @EnumSource
    void deploysTheRevisionOfTheForm(Mode mode) {
        Map<String, Object> form = App.form("canary-auto");
        form.put("REVISION", "feature/cart");
        PipelineRun run = App.build(mode).parameters(form).answer("sh", step -> "abcdef0123\n").run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("withEnv").get(0).argument("")).isEqualTo(List.of("CANARY_REVISION=feature/cart"));
        assertThat(run.called("canaryDeploy").get(0).argument("commit")).isEqualTo("abcdef0123");
    }

    @ParameterizedTest
    @EnumSource
    void asksGitWhereTheCheckoutDoesNotSayItsCommit(Mode mode) {
        PipelineRun run = App.build(mode).answer("sh", step -> "fedcba9876\n")
                .run(App.JENKINSFILE + ", checkoutWith: { echo 'my own checkout'; null }");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("checkout")).isEmpty();
        assertThat(run.log()).contains("my own checkout");
        assertThat(run.called("sh").get(0).argument("script")).isEqualTo("git rev-parse HEAD");
        assertThat(run.called("canaryDeploy").get(0).argument("commit")).isEqualTo("fedcba9876");
    }

    @ParameterizedTest
    @EnumSource
    void runsTheClosuresOfTheTeam(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE + ", beforeDeploy: { r -> sh \"make ${r.type}\" },"
                + " afterShift: { r -> sh \"smoke ${r.state}\" }, onFailure: { echo 'must not run' }");

        assertThat(run.failure()).isEmpty();
        List<StepCalled> shells = run.called("sh");
        assertThat(shells).extracting(StepCalled::text).containsExactly("make canary-auto", "smoke HOLDING");
        assertThat(shells).extracting(StepCalled::inside).containsExactly(
                List.of("node", "stage Prepare"), List.of("node", "stage Verify"));
        assertThat(run.log()).doesNotContain("must not run");
    }

    @ParameterizedTest
    @EnumSource
    void touchesNoHostWhereBeforeDeployFails(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE
                + ", beforeDeploy: { error 'tests failed' }, onFailure: { echo \"told: ${it.message} ${it.result}\" }");

        assertThat(run.failure()).get().hasToString(new PipelineRun.Aborted("tests failed").toString());
        assertThat(run.called("canaryDeploy")).isEmpty();
        assertThat(run.log()).contains("told: tests failed null");
        assertThat(run.called("mattermostSend")).hasSize(1);
        assertThat(run.called("mattermostSend").get(0).argument("message").toString())
                .contains("canary-auto: shop #7 failed").contains("tests failed");
    }

    @ParameterizedTest
    @EnumSource
    void sendsAHeldCanaryBackWhereAfterShiftFails(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE + ", afterShift: { noSuchStep() }");

        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString()
                .startsWith("afterShift failed and the canary was sent back: No such DSL method 'noSuchStep'");
        assertThat(run.called("canaryDeploy")).extracting(step -> step.argument("type"))
                .containsExactly("canary-auto", "rollback");
    }

    @ParameterizedTest
    @EnumSource
    void leavesAStableReleaseWhereAfterShiftFails(Mode mode) {
        PipelineRun run = App.build(mode).parameters(App.form("stable"))
                .run(App.JENKINSFILE + ", afterShift: { error 'smoke' }");

        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString()
                .startsWith("afterShift failed: smoke The release serves;");
        assertThat(run.called("canaryDeploy")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"TRUSTED,ROLLED_BACK", "SANDBOXED,ROLLED_BACK", "TRUSTED,REFUSED", "TRUSTED,FAILED"})
    void failsWithTheReasonOfTheRollout(Mode mode, String state) {
        PipelineRun run = App.build(mode).answer("canaryDeploy", step -> App.result(state)).run(App.JENKINSFILE
                + ", onFailure: { echo \"told: ${it.result.state}\" }, afterShift: { error 'must not run' }");

        assertThat(run.failure()).get().isInstanceOf(PipelineRun.Aborted.class);
        assertThat(run.failure()).get().extracting(Throwable::getMessage).isEqualTo("the message of " + state);
        assertThat(run.stages()).endsWith("Deploy and shift");
        assertThat(run.log()).contains("told: " + state);
        assertThat(run.ofBuild("description")).isEqualTo("canary-auto 4b825dc64: " + state);
    }

    @ParameterizedTest
    @EnumSource
    void neverLetsOnFailureHideTheReason(Mode mode) {
        PipelineRun run = App.build(mode).answer("canaryDeploy", step -> App.result("ROLLED_BACK"))
                .run(App.JENKINSFILE + ", onFailure: { error 'mine' }");

        assertThat(run.failure()).get().extracting(Throwable::getMessage).isEqualTo("the message of ROLLED_BACK");
        assertThat(run.log()).contains("onFailure failed too: mine");
    }

    @ParameterizedTest
    @EnumSource
    void leavesAnAbortToTheStep(Mode mode) {
        PipelineRun run = App.build(mode)
                .answer("canaryDeploy", step -> {
                    throw new InterruptedException("aborted by kim");
                })
                .run(App.JENKINSFILE + ", onFailure: { echo 'must not run' }");

        assertThat(run.failure()).get().isInstanceOf(InterruptedException.class);
        assertThat(run.log()).doesNotContain("must not run");
        assertThat(run.called("mattermostSend")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void canBeSwitchedDownToTheStepAlone(Mode mode) {
        PipelineRun run = App.newJob(mode).answer("canaryDeploy", step -> App.untold("HOLDING"))
                .run(App.JENKINSFILE + ", buildParameters: false, gitlabTrigger: false, checkCredentials: false,"
                        + " notify: false, type: 'stable'");

        assertThat(run.failure()).isEmpty();
        assertThat(properties(run)).extracting(Symbol::name).containsExactly("disableConcurrentBuilds");
        assertThat(run.called("withCredentials")).isEmpty();
        assertThat(run.called("mattermostSend")).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).argument("type")).isEqualTo("stable");
    }

    @ParameterizedTest
    @EnumSource
    void runsWithoutAnArgument(Mode mode) {
        PipelineRun run = App.build(mode).run("canaryPipeline()");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).named()).isEqualTo(Map.of("plan", "canary.yml",
                "type", "canary-auto", "commit", App.COMMIT, "failOnRollback", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gitlab", "sshagent", "mattermostSend", "withCredentials"})
    void goesOnWithoutAPluginThatItCanUse(String missing) {
        for (Mode mode : Mode.values()) {
            PipelineRun run = App.build(mode).without(missing)
                    .answer("canaryDeploy", step -> App.untold("HOLDING"))
                    .run(App.JENKINSFILE + ", sshAgentCredentialsIds: ['agent-key'], gitlabTrigger: "
                            + !missing.equals("withCredentials"));

            assertThat(run.failure()).isEmpty();
            assertThat(run.called("canaryDeploy")).hasSize(1);
            assertThat(run.log()).filteredOn(line -> line.contains("plugin is not installed")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void runsInsideAnSshAgentWhereOneIsWanted(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE + ", sshAgentCredentialsIds: ['agent-key']");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("sshagent").get(0).argument("")).isEqualTo(List.of("agent-key"));
        assertThat(run.called("canaryDeploy").get(0).inside())
                .containsExactly("node", "sshagent", "stage Deploy and shift");
    }

    /** An error of that text from inside must not make the stages run a second time. */
    @ParameterizedTest
    @EnumSource
    void takesAnErrorOfTheTeamForNoMissingPlugin(Mode mode) {
        PipelineRun run = App.build(mode)
                .answer("mattermostSend", step -> {
                    throw new NoSuchMethodError("No such DSL method 'sshagent' found among steps");
                })
                .run(App.JENKINSFILE + ", sshAgentCredentialsIds: ['agent-key'], notify: false,"
                        + " beforeDeploy: { mattermostSend message: 'hello' }");

        assertThat(run.failure()).get().isInstanceOf(NoSuchMethodError.class);
        assertThat(run.stages()).containsExactly("Validate", "Prepare");
    }

    private static List<Symbol> properties(PipelineRun run) {
        return symbols(run.called("properties").get(0).argument(""));
    }

    private static List<Symbol> symbols(Object list) {
        return ((List<?>) list).stream().map(Symbol.class::cast).toList();
    }
}
