package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Notices that the engine has not sent by itself. */
class NotifyMattermostTest {

    private static final String SENT = "[shop: HOLDING](https://jenkins.example.com/job/shop/7/canary/)\n\n"
            + "4b825dc64 by kim";

    @ParameterizedTest
    @EnumSource
    void sendsTheEnginesTextThroughTheMattermostPlugin(Mode mode) {
        PipelineRun run = untold(mode).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("mattermostSend")).hasSize(1);
        assertThat(run.called("mattermostSend").get(0).named())
                .isEqualTo(Map.of("message", SENT, "color", "#2eb886"));
        assertThat(run.called("canaryNotify")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void sendsNothingThatTheEngineHasSent(Mode mode) {
        PipelineRun run = App.build(mode).run(App.JENKINSFILE);

        assertThat(run.called("mattermostSend")).isEmpty();
        assertThat(run.called("canaryNotify")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void sendsItToTheChannelAndTheAddressOfTheCredential(Mode mode) {
        PipelineRun run = untold(mode)
                .run(App.JENKINSFILE + ", mattermostChannel: 'releases', mattermostCredentialsId: 'mattermost-url'");

        assertThat(run.called("mattermostSend").get(0).named()).isEqualTo(Map.of("message", SENT,
                "color", "#2eb886", "channel", "releases", "endpoint", "secret of mattermost-url"));
    }

    @ParameterizedTest
    @EnumSource
    void sendsItThroughTheEngineWhereThePluginIsMissing(Mode mode) {
        PipelineRun run = untold(mode).without("mattermostSend")
                .run(App.JENKINSFILE + ", mattermostChannel: 'releases', mattermostCredentialsId: 'mattermost-url'");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryNotify").get(0).named()).isEqualTo(Map.of(
                "notice", App.result("HOLDING").get("notice"), "channel", "releases",
                "mattermostCredentialsId", "mattermost-url"));
    }

    @ParameterizedTest
    @EnumSource
    void saysOnceThatThePluginIsMissing(Mode mode) {
        PipelineRun run = untold(mode).without("mattermostSend", "canaryNotify").run("""
                def result = canaryDeploy()
                notifyMattermost result
                notifyMattermost result, channel: 'releases'
                """);

        assertThat(run.failure()).isEmpty();
        assertThat(run.log()).hasSize(2).first()
                .isEqualTo("The Mattermost plugin is not installed: Canary Deploy sends the notice itself.");
        assertThat(run.log().get(1)).startsWith("The notice was not sent. The plugin Canary Deploy is not installed, or"
                + " is older than 0.1.0, which this library needs: there is no step canaryNotify.");
    }

    @ParameterizedTest
    @EnumSource
    void neverFailsTheBuild(Mode mode) {
        PipelineRun run = untold(mode)
                .answer("mattermostSend", step -> {
                    throw new NullPointerException("no endpoint");
                })
                .answer("canaryNotify", step -> {
                    throw new PipelineRun.Aborted("503");
                })
                .run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.log()).contains("The notice was not sent: 503", "The Mattermost plugin did not send the notice"
                + " (no endpoint): Canary Deploy sends it itself.");
    }

    @ParameterizedTest
    @EnumSource
    void refusesOptionsThatThereAreNot(Mode mode) {
        PipelineRun run = untold(mode).run("notifyMattermost canaryDeploy(), chanel: 'x'");

        assertThat(run.failure()).get().extracting(Throwable::getMessage)
                .isEqualTo("notifyMattermost has no parameter `chanel`; did you mean `channel`?");
    }

    @ParameterizedTest
    @EnumSource
    void hasNothingToSendWithoutANotice(Mode mode) {
        PipelineRun run = new PipelineRun(mode).run("notifyMattermost([:])");

        assertThat(run.failure()).isEmpty();
        assertThat(run.log()).containsExactly("There is no notice to send: the result has none.");
    }

    private static PipelineRun untold(Mode mode) {
        return App.build(mode).answer("canaryDeploy", step -> App.untold("HOLDING"));
    }
}
