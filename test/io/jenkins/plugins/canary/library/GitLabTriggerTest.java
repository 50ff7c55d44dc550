package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Builds that GitLab's events start. */
class GitLabTriggerTest {

    @ParameterizedTest
    @EnumSource
    void deploysAPushToTheBranchByItself(Mode mode) {
        PipelineRun run = App.build(mode).parameters(App.form("rollback")).environment(App.push("develop", "shop/shop"))
                .run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy").get(0).named())
                .containsEntry("type", "canary-auto").containsEntry("commit", App.COMMIT);
    }

    @ParameterizedTest
    @EnumSource
    void onlyRegistersInTheFirstBuildOfAJobWhateverStartedIt(Mode mode) {
        PipelineRun run = App.newJob(mode).environment(App.push("develop", "shop/shop")).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("properties")).hasSize(1);
        assertThat(run.called("canaryDeploy")).isEmpty();
        assertThat(run.ofBuild("result")).isEqualTo("NOT_BUILT");
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Named.of("a push to another branch", App.push("feature", "shop/shop")),
                Named.of("a push to a longer name", App.push("develop-2", "shop/shop")),
                Named.of("an opened merge request", App.mergeRequest("opened", "shop/shop")),
                Named.of("a merged one", App.mergeRequest("merged", "shop/shop")),
                Named.of("a tag", App.tag()),
                Named.of("a comment", with(App.mergeRequest("opened", "shop/shop"), "gitlabActionType", "NOTE")))
                .flatMap(event -> Stream.of(Mode.values()).map(mode -> Arguments.of(mode, event)));
    }

    @ParameterizedTest
    @MethodSource("others")
    void ignoresEveryOtherEvent(Mode mode, Map<String, String> event) {
        PipelineRun run = App.build(mode).environment(event).run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.ofBuild("result")).isEqualTo("NOT_BUILT");
        assertThat(run.log()).anyMatch(line -> line.startsWith("Ignored: GitLab told of "));
        assertThat(run.steps()).containsExactly("node", "stage Validate", "echo");
    }

    static Stream<Arguments> forks() {
        return Stream.of(
                Named.of("a push", App.push("develop", "eve/shop")),
                Named.of("a merge request", App.mergeRequest("opened", "eve/shop")),
                Named.of("a merged one", App.mergeRequest("merged", "eve/shop")))
                .flatMap(event -> Stream.of(Mode.values()).map(mode -> Arguments.of(mode, event)));
    }

    @ParameterizedTest
    @MethodSource("forks")
    void refusesAFork(Mode mode, Map<String, String> event) {
        PipelineRun run = App.build(mode).environment(event).run(App.JENKINSFILE);

        assertThat(run.failure()).get().extracting(Throwable::getMessage).asString()
                .startsWith("Refused: this build was started from eve/shop").contains("Nothing was touched.");
        assertThat(run.stages()).containsExactly("Validate");
        assertThat(run.called("properties")).isEmpty();
        assertThat(run.called("canaryDeploy")).isEmpty();
    }

    /** The same project by another of its addresses: HTTP with a port, where the webhook has SSH. */
    @ParameterizedTest
    @EnumSource
    void knowsTheProjectByAnyOfItsAddresses(Mode mode) {
        PipelineRun run = App.build(mode).environment(App.push("develop", "shop/shop"))
                .answer("checkout", step -> new java.util.LinkedHashMap<>(Map.of("GIT_COMMIT", App.COMMIT,
                        "GIT_URL", "https://git.internal:8443/Shop/shop.git")))
                .run(App.JENKINSFILE);

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void takesTheProjectOfTheJenkinsfileWhereTheJobFetchesAMirror(Mode mode) {
        PipelineRun run = App.build(mode).environment(App.push("develop", "shop/shop"))
                .answer("checkout", step -> new java.util.LinkedHashMap<>(Map.of("GIT_COMMIT", App.COMMIT,
                        "GIT_URL", "file:///srv/mirror/shop.git")))
                .run(App.JENKINSFILE + ", gitlabProject: 'shop/shop'");

        assertThat(run.failure()).isEmpty();
        assertThat(run.called("canaryDeploy")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheChannelWhyAPushWasNotDeployed(Mode mode) {
        PipelineRun run = App.build(mode).environment(App.push("develop", "shop/shop"))
                .answer("fileExists", step -> false).run(App.JENKINSFILE + ", mattermostChannel: 'town-square'");

        assertThat(run.failure()).isPresent();
        StepCalled sent = run.called("mattermostSend").get(0);
        assertThat(sent.argument("channel")).isEqualTo("town-square");
        assertThat(sent.argument("message").toString()).contains("There is no canary.yml in the repository");
    }

    private static Map<String, String> with(Map<String, String> event, String name, String value) {
        event.put(name, value);
        return event;
    }
}
