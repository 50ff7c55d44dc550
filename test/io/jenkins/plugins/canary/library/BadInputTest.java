package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong is said in the first stage, and nothing is touched. */
class BadInputTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "paln: 'x.yml'| canaryPipeline has no parameter `paln`; did you mean `plan`?",
            "sshCredentialId: 'x'| canaryPipeline has no parameter `sshCredentialId`; did you mean `sshCredentialsId`?",
            "zzzzzzzz: 1| canaryPipeline has no parameter `zzzzzzzz`; it has plan, sshCredentialsId,",
            "beforeDeploy: 'make'| beforeDeploy must be a closure, such as beforeDeploy: { sh 'make' }",
            "notify: 'no'| notify must be true or false",
            "type: 'canary'| type: `canary` is none of canary-auto, canary-manual, stable, promote-canary, rollback",
            "onApprovalTimeout: 'promote'| onApprovalTimeout: `promote` is neither hold nor rollback",
            "approvalTimeout: 90| approvalTimeout: `90` is no duration; write for example 30m or 2h"})
    void refusesArguments(String argument, String message) {
        for (Mode mode : Mode.values()) {
            PipelineRun run = App.build(mode).run(App.JENKINSFILE + ", " + argument);

            assertRefused(run, message);
            assertThat(run.called("checkout")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysAllAtOnce(Mode mode) {
        PipelineRun run = App.build(mode).run("canaryPipeline paln: 'x', notify: 'no'");

        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString().hasLineCount(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "101| SHARE_backend: `101` is no share; give 0 to 100 in tenths, such as 30 or 12.5",
            "-1| SHARE_backend: `-1` is no share",
            "100.1| SHARE_backend: `100.1` is no share",
            "12.55| SHARE_backend: `12.55` is no share",
            "thirty| SHARE_backend: `thirty` is no share",
            "''| canary-manual needs a share"})
    void refusesShares(String share, String message) {
        Map<String, Object> form = App.form("canary-manual");
        form.put("SHARE_backend", share);
        for (Mode mode : Mode.values()) {
            assertRefused(App.build(mode).parameters(form).run(App.JENKINSFILE), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "100", "100.0", "7.5"})
    void takesShares(String share) {
        Map<String, Object> form = App.form("canary-manual");
        form.put("SHARE_backend", share);

        assertThat(App.build(Mode.SANDBOXED).parameters(form).run(App.JENKINSFILE).failure()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesAShareOfAServiceThatThePlanNoLongerHas(Mode mode) {
        Map<String, Object> form = App.form("canary-manual");
        form.put("SHARE_admin", "10");

        assertRefused(App.build(mode).parameters(form).run(App.JENKINSFILE),
                "SHARE_admin: the plan has no service admin; it has backend, front-end, python");
    }

    @ParameterizedTest
    @CsvSource({"--upload-pack=x", "a b", "$(id)", "a;b"})
    void refusesARevisionThatIsNone(String revision) {
        Map<String, Object> form = App.form("canary-auto");
        form.put("REVISION", revision);
        PipelineRun run = App.build(Mode.SANDBOXED).parameters(form).run(App.JENKINSFILE);

        assertRefused(run, "REVISION: `" + revision + "` is no branch, tag or commit");
        assertThat(run.called("sh")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesARevisionThatTheRepositoryDoesNotHave(Mode mode) {
        Map<String, Object> form = App.form("canary-auto");
        form.put("REVISION", "feature");

        assertRefused(App.build(mode).parameters(form).answer("sh", step -> "").run(App.JENKINSFILE),
                "REVISION: the repository has no branch, tag or commit `feature` that this job fetches");
    }

    @ParameterizedTest
    @EnumSource
    void refusesMissingCredentialsAllAtOnce(Mode mode) {
        PipelineRun run = withoutCredentials(App.build(mode), "deploy-key", "shop-env", "api-key")
                .run(App.JENKINSFILE + ", envCredentialsIds: [API_KEY: 'api-key']");

        assertRefused(run, "sshCredentialsId: Could not find credentials entry with ID 'deploy-key'\n"
                + "envFileCredentialsId: Could not find credentials entry with ID 'shop-env'\n"
                + "envCredentialsIds: Could not find credentials entry with ID 'api-key'");
    }

    @ParameterizedTest
    @EnumSource
    void requiresASecretTokenForTheWebhook(Mode mode) {
        PipelineRun run = withoutCredentials(App.newJob(mode), "gitlab-webhook-token").run(App.JENKINSFILE);

        assertRefused(run, "webhookTokenCredentialsId: GitLab's webhook needs a secret token. Add it to Jenkins as"
                + " secret text with the ID gitlab-webhook-token, or switch the trigger off: gitlabTrigger: false.");
        assertThat(run.called("properties")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesARepositoryWithoutThePlan(Mode mode) {
        assertRefused(App.build(mode).answer("fileExists", step -> false).run(App.JENKINSFILE),
                "There is no canary.yml in the repository. Add the plan, or name it: canaryPipeline plan: 'PATH'");
    }

    @ParameterizedTest
    @EnumSource
    void asksForTheServicesOfAPlanThatItCannotRead(Mode mode) {
        assertRefused(App.build(mode).answer("readFile", step -> "app: shop\nservices: *some\n").run(App.JENKINSFILE),
                "No services were found in canary.yml. Name them: canaryPipeline services: ['backend', 'frontend']");
    }

    /** Only the host knows: the step refuses, and the build says why. */
    @ParameterizedTest
    @EnumSource
    void saysWhyAPromotionWithoutACanaryIsRefused(Mode mode) {
        PipelineRun run = App.build(mode).parameters(App.form("promote-canary"))
                .answer("canaryDeploy", step -> App.result("REFUSED")).run(App.JENKINSFILE);

        assertThat(run.failure()).get().extracting(Throwable::getMessage).isEqualTo("the message of REFUSED");
    }

    private static PipelineRun withoutCredentials(PipelineRun run, String... ids) {
        return run.answer("withCredentials", step -> {
            String wanted = step.named().toString();
            for (String id : ids) {
                if (wanted.contains("credentialsId=" + id + ",") || wanted.contains("credentialsId=" + id + "}")) {
                    throw new PipelineRun.Aborted("Could not find credentials entry with ID '" + id + "'");
                }
            }
            return null;
        });
    }

    private static void assertRefused(PipelineRun run, String message) {
        assertThat(run.failure()).get().isInstanceOf(PipelineRun.Aborted.class);
        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString().startsWith(message);
        assertThat(run.stages()).containsExactly("Validate");
        assertThat(run.called("canaryDeploy")).isEmpty();
    }
}
