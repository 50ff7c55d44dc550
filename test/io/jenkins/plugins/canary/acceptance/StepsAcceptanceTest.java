package io.jenkins.plugins.canary.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.acceptance.Controller.Build;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The steps on a real controller with an agent. */
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

    private static Build onAgent(String job, String steps) throws IOException {
        return bench.jenkins.build(job, bench.onAgent(Bench.QUICK, steps));
    }

    private static void requireSuccess(Build build) throws IOException {
        assertThat(build.end()).as(build.console()).isEqualTo("SUCCESS");
    }

    private static void requireFailure(Build build) throws IOException {
        assertThat(build.end()).as(build.console()).isEqualTo("FAILURE");
        assertThat(build.console()).doesNotContain("\tat ");
    }

    @Test
    void isActiveWithoutAWarningAndBringsItsOwnLibraries() throws IOException {
        assertThat(bench.jenkins.get("/pluginManager/api/json?tree=plugins%5Bactive,shortName%5D").body())
                .contains("{\"active\":true,\"shortName\":\"canary-deploy\"}");
        assertThat(Files.readAllLines(bench.jenkins.log()))
                .filteredOn(line -> line.contains("WARNING") || line.contains("SEVERE"))
                .noneMatch(line -> line.contains("canary-deploy") || line.contains("io.jenkins.plugins.canary"));
        assertThat(bench.jenkins.script("""
                def plugin = jenkins.model.Jenkins.get().pluginManager.getPlugin('canary-deploy').classLoader
                ['com.jcraft.jsch.JSch', 'org.snakeyaml.engine.v2.api.Load'].each {
                    println plugin.loadClass(it).protectionDomain.codeSource.location
                }
                """)).contains("canary-deploy/WEB-INF/lib/jsch").contains("canary-deploy/WEB-INF/lib/snakeyaml-engine");
    }

    @Test
    void holdsACanaryThenSetsSharesThenPromotesIt() throws IOException {
        String commit = push();
        Build held = onAgent("hold", Bench.deploy("") + """
                echo "COMMIT ${result.commit} ${result.services.backend.share} ${result.services.backend.weights.canary}"
                """);
        requireSuccess(held);
        assertThat(held.console()).contains("RESULT HOLDING").contains("COMMIT " + commit + " 60.0 600");
        assertThat(bench.canaryWeight()).isEqualTo(600);

        Build shares = onAgent("shares", """
                def result = setNginxWeights sshCredentialsId: 'deploy-key', share: '12.5'
                echo "RESULT ${result.state} ${result.services.backend.share}"
                """);
        requireSuccess(shares);
        assertThat(shares.console()).contains("RESULT HOLDING 12.5");

        Build promoted = onAgent("promote", """
                def result = promoteCanary sshCredentialsId: 'deploy-key'
                echo "RESULT ${result.state}"
                """);
        requireSuccess(promoted);
        assertThat(promoted.console()).contains("RESULT SUCCEEDED");

        Build back = onAgent("back", """
                def result = rollbackStable sshCredentialsId: 'deploy-key'
                echo "RESULT ${result.state}"
                """);
        requireSuccess(back);
        assertThat(back.console()).contains("RESULT ROLLED_BACK");
    }

    @Test
    void worksInADeclarativePipelineAndInParallel() throws IOException {
        push();
        Build build = bench.jenkins.build("declarative", """
                pipeline {
                    agent { label '%s' }
                    stages {
                        stage('Checkout') { steps { script { %s } } }
                        stage('Deploy') {
                            parallel {
                                stage('Canary') {
                                    steps {
                                        canaryDeploy type: 'canary-manual', shares: [backend: 30],
                                            sshCredentialsId: 'deploy-key', envFileCredentialsId: 'shop-env'
                                    }
                                }
                                stage('Beside') { steps { echo 'beside' } }
                            }
                        }
                        stage('Back') { steps { rollbackStable sshCredentialsId: 'deploy-key' } }
                    }
                }
                """.formatted(Bench.AGENT, bench.checkout(Bench.QUICK)));
        requireSuccess(build);
        assertThat(bench.canaryWeight()).isZero();
    }

    @Test
    void failsWithOneParagraphWhenARolloutIsRolledBack() throws IOException {
        bench.host.pushRelease(Release.working(String.valueOf(++releases)).with("backend", Behaviour.UNHEALTHY));
        Build failed = onAgent("ill", Bench.deploy(""));
        requireFailure(failed);
        assertThat(failed.console()).contains("ERROR: rolled back, the stable slot serves everyone");
        assertThat(bench.canaryWeight()).isZero();

        Build told = onAgent("ill-told", Bench.deploy(", failOnRollback: false"));
        requireSuccess(told);
        assertThat(told.console()).contains("RESULT ROLLED_BACK");
    }

    @Test
    void runsOnTheControllerToo() throws IOException {
        push();
        Build build = bench.jenkins.build("built-in", "node('built-in') {\n" + bench.checkout(Bench.QUICK)
                + Bench.deploy(", share: 30, type: 'canary-manual'") + "\n}", false);
        requireSuccess(build);
        requireSuccess(onAgent("built-in-back", "rollbackStable sshCredentialsId: 'deploy-key'"));
    }

    @Test
    void logsInThroughTheAgentOfSshagent() throws IOException {
        push();
        Build build = onAgent("sshagent", """
                sshagent(['deploy-key']) {
                    canaryDeploy type: 'canary-manual', share: 30, envFileCredentialsId: 'shop-env'
                    rollbackStable()
                }
                """);
        requireSuccess(build);
    }

    @Test
    void saysWhichCredentialIsMissingOrWrong() throws IOException {
        Build missing = onAgent("missing", "canaryDeploy sshCredentialsId: 'nobody'");
        requireFailure(missing);
        assertThat(missing.console()).contains("ERROR: sshCredentialsId: there is no credential with the id `nobody`");

        Build wrong = onAgent("wrong", "canaryDeploy sshCredentialsId: 'claude-key'");
        requireFailure(wrong);
        assertThat(wrong.console()).contains("ERROR: sshCredentialsId: the credential `claude-key` is not of the kind");
    }

    @Test
    void refusesAHostThatOnlyThePlanKnows() throws IOException {
        Build build = bench.jenkins.build("stranger",
                bench.onAgent(Bench.QUICK, "canaryDeploy sshCredentialsId: 'deploy-key'")
                        .replace("host: {address: edge, acceptNew: false}", "hosts: {stranger: {address: 127.0.0.9}}"));
        requireFailure(build);
        assertThat(build.console()).contains("ERROR: Jenkins does not know host `stranger` (127.0.0.9) of the plan");
    }

    @Test
    void refusesWrongParametersBeforeAnythingIsTouched() throws IOException {
        for (List<String> each : List.of(
                List.of("canaryDeploy type: 'canary-manual', share: 130", "share: `130` is no share"),
                List.of("canaryDeploy type: 'canary-magic'", "type: `canary-magic` is none of"),
                List.of("setNginxWeights shares: [nobody: 3]", "the plan has no service `nobody`"),
                List.of("canaryDeploy plan: '../x.yml'", "is not a path in the workspace"),
                List.of("canaryDeploy plan: 'none.yml'", "plan: there is no"))) {
            Build build = onAgent("wrong-parameter", each.get(0));
            requireFailure(build);
            assertThat(build.console()).contains(each.get(1));
        }
    }

    @Test
    void rollsBackWhenTheBuildIsAborted() throws IOException {
        push();
        Build build = bench.jenkins.build("abort", bench.onAgent(Bench.SLOW, Bench.deploy("")));
        build.awaitInConsole("applied: all services at 30 %");
        build.abort();
        assertThat(build.end()).as(build.console()).isEqualTo("ABORTED");
        assertThat(build.console()).contains("rolling back, as asked").contains("the stable slot serves everyone");
        assertThat(bench.canaryWeight()).isZero();
    }

    @Test
    void leavesTheSharesWhenAnAbortIsToHold() throws IOException {
        push();
        Build build = bench.jenkins.build("abort-hold", bench.onAgent(Bench.SLOW, Bench.deploy(", onAbort: 'hold'")));
        build.awaitInConsole("applied: all services at 30 %");
        build.abort();
        assertThat(build.end()).as(build.console()).isEqualTo("ABORTED");
        assertThat(bench.canaryWeight()).isEqualTo(300);
        requireSuccess(onAgent("abort-hold-back", "rollbackStable sshCredentialsId: 'deploy-key'"));
    }

    @Test
    void runsWhatTheSnippetGeneratorMakes() throws IOException {
        push();
        String snippets = bench.jenkins.script("""
                import org.jenkinsci.plugins.workflow.cps.Snippetizer
                def plugin = jenkins.model.Jenkins.get().pluginManager.getPlugin('canary-deploy').classLoader
                def step = { plugin.loadClass('io.jenkins.plugins.canary.jenkins.' + it).getConstructor().newInstance() }
                def deploy = step('CanaryDeployStep')
                deploy.type = 'canary-manual'
                deploy.shares = 'backend=30'
                deploy.sshCredentialsId = 'deploy-key'
                deploy.envFileCredentialsId = 'shop-env'
                deploy.envCredentialsIds = 'CLAUDE_API_KEY=claude-key'
                deploy.soak = '1s'
                def weights = step('SetNginxWeightsStep')
                weights.share = '20'
                weights.sshCredentialsId = 'deploy-key'
                def promote = step('PromoteCanaryStep')
                promote.hostCredentialsIds = 'edge=deploy-key'
                def back = step('RollbackStableStep')
                back.sshCredentialsId = 'deploy-key'
                back.gradual = true
                [deploy, weights, promote, back].each { println Snippetizer.object2Groovy(it) }
                null
                """);
        assertThat(snippets).contains("shares: [");
        Build build = onAgent("snippets", snippets);
        requireSuccess(build);
    }

    @Test
    void showsNoSecretAnywhere() throws IOException {
        bench.host.pushRelease(Release.working(String.valueOf(++releases))
                .with("backend", Behaviour.PRINTS_ITS_ENVIRONMENT_AND_DIES));
        Build build = onAgent("secrets", Bench.deploy(""));
        requireFailure(build);
        assertThat(build.console()).contains("RELEASE_TOKEN=****");
        List<String> secrets = List.of(bench.token(), bench.apiKey());
        try (Stream<Path> files = Stream.concat(Files.walk(build.directory()),
                Files.walk(bench.host.state().resolve(bench.host.app())))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.toString().endsWith(".env") && !each.toString().contains("/env-")).toList()) {
                String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(secrets).as(file.toString()).noneMatch(text::contains);
            }
        }
    }

    @Test
    void showsTheRolloutOnAPageOfTheBuildAndInTheApi() throws IOException {
        push();
        Build build = onAgent("page", Bench.deploy(""));
        requireSuccess(build);
        assertThat(bench.jenkins.get(build.path() + "canary/").statusCode()).isEqualTo(200);
        assertThat(bench.jenkins.get(build.path() + "canary/1/").body()).contains("<svg").contains("Holding");
        assertThat(bench.jenkins.get(build.path() + "canary/api/json").body()).contains("HOLDING");
        requireSuccess(onAgent("page-back", "rollbackStable sshCredentialsId: 'deploy-key'"));
    }

    @Test
    void keepsItsConfigurationOverARestart() throws IOException {
        assertThat(bench.jenkins.script("""
                def plugin = jenkins.model.Jenkins.get().pluginManager.uberClassLoader
                def type = plugin.loadClass('io.jenkins.plugins.canary.jenkins.CanaryConfiguration')
                def now = jenkins.model.GlobalConfiguration.all().get(type)
                now.forbiddenHosts = '10.9.9.9'
                now.noticeLanguage = 'ko'
                now.save()
                def afterRestart = type.getConstructor().newInstance()
                def host = afterRestart.hosts[0]
                println "${afterRestart.forbiddenHosts} ${afterRestart.noticeLanguage} ${host.name} ${host.address}" +
                    " ${host.port == now.hosts[0].port} ${host.hostKey == now.hosts[0].hostKey}"
                now.forbiddenHosts = ''
                now.noticeLanguage = 'en'
                now.save()
                null
                """)).contains("10.9.9.9 ko edge 127.0.0.1 true true");
    }

    @Test
    void servesConfigurationAndFormsWithoutAnError() throws IOException {
        assertThat(bench.jenkins.get("/manage/configure").body()).contains("Canary Deploy");
        assertThat(bench.jenkins.get("/pipeline-syntax/").statusCode()).isEqualTo(200);
    }
}
