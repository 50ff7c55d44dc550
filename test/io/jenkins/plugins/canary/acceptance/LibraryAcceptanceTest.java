package io.jenkins.plugins.canary.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.acceptance.Controller.Build;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code canaryPipeline} from a git repository, as a trusted library of all of Jenkins and as a sandboxed one. */
@EnabledIf("io.jenkins.plugins.canary.acceptance.Controller#isGiven")
class LibraryAcceptanceTest {

    private static Bench bench;
    private static int releases = 1;

    @BeforeAll
    static void start() throws IOException {
        bench = Bench.start();
        Path library = Files.createDirectory(bench.host.home().resolve("library"));
        for (String folder : List.of("vars", "src", "resources")) {
            Program.run(Path.of("").toAbsolutePath(), "cp", "-r", folder, library.resolve(folder).toString());
        }
        git(library, "init", "--quiet", "--initial-branch=main");
        git(library, "add", "--all");
        git(library, "commit", "--quiet", "--message", "The library");
    }

    @AfterAll
    static void end() throws IOException {
        if (bench != null) {
            bench.close();
        }
    }

    private static void git(Path directory, String... words) throws IOException {
        List<String> all = new java.util.ArrayList<>(List.of("git", "-c", "user.name=Canary Deploy tests", "-c",
                "user.email=tests@canary-deploy.invalid"));
        all.addAll(List.of(words));
        Program.run(directory, all);
    }

    private static void useLibrary(boolean trusted) throws IOException {
        bench.jenkins.script("""
                import org.jenkinsci.plugins.workflow.libs.*
                import jenkins.plugins.git.*
                def source = new GitSCMSource('%s')
                source.traits = [new jenkins.plugins.git.traits.BranchDiscoveryTrait()]
                def library = new LibraryConfiguration('canary-deploy', new SCMSourceRetriever(source))
                library.defaultVersion = 'main'
                GlobalLibraries.get().libraries = %s
                GlobalUntrustedLibraries.get().libraries = %s
                """.formatted(bench.host.home().resolve("library"), trusted ? "[library]" : "[]",
                trusted ? "[]" : "[library]"));
    }

    private static String push(String pipeline) throws IOException {
        Path developer = bench.host.home().resolve("developer");
        String plan = bench.host.plan(List.of("backend")).replaceFirst("host: \\{.*\\}", "host: {address: edge}")
                + Bench.QUICK;
        Files.writeString(developer.resolve("canary.yml"), plan);
        Files.writeString(developer.resolve("Jenkinsfile"), pipeline);
        return bench.host.pushRelease(Release.working(String.valueOf(++releases)));
    }

    private static Build build(String job, String parameters) throws IOException {
        String number = bench.jenkins.script("""
                import org.jenkinsci.plugins.workflow.job.*
                import org.jenkinsci.plugins.workflow.cps.*
                import hudson.plugins.git.*
                import hudson.model.*
                def jenkins = jenkins.model.Jenkins.get()
                def job = jenkins.getItem('%1$s') ?: jenkins.createProject(WorkflowJob, '%1$s')
                if (job.definition == null) {
                    def scm = new GitSCM(GitSCM.createRepoList('%2$s', null), [new BranchSpec('*/develop')], null, null, [])
                    job.definition = new CpsScmFlowDefinition(scm, 'Jenkinsfile')
                }
                println job.scheduleBuild2(0%3$s).waitForStart().number
                """.formatted(job, bench.host.remote(), parameters)).strip();
        return new Build(bench.jenkins, job, Integer.parseInt(number));
    }

    private static String type(String type) {
        return ", new ParametersAction([new StringParameterValue('DEPLOY_TYPE', '" + type + "'),"
                + " new StringParameterValue('REVISION', '')])";
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesAnApplicationFromItsFirstBuildToAPromotedRelease(boolean trusted) throws IOException {
        useLibrary(trusted);
        String job = trusted ? "trusted" : "sandboxed";
        String commit = push("""
                @Library('canary-deploy') _
                canaryPipeline plan: 'canary.yml', sshCredentialsId: 'deploy-key', envFileCredentialsId: 'shop-env',
                    gitlabTrigger: false, agent: '%s'
                """.formatted(Bench.AGENT));

        Build first = build(job, "");
        assertThat(first.end()).as(first.console()).isEqualTo("NOT_BUILT");
        assertThat(first.console()).contains("deployed nothing");

        Build held = build(job, type("canary-auto"));
        assertThat(held.end()).as(held.console()).isEqualTo("SUCCESS");
        assertThat(held.console()).contains("holds at 60.0 %").contains(commit.substring(0, 9));
        assertThat(bench.canaryWeight()).isEqualTo(600);

        Build promoted = build(job, type("promote-canary"));
        assertThat(promoted.end()).as(promoted.console()).isEqualTo("SUCCESS");
        assertThat(promoted.console()).contains("is the stable release and serves everyone");

        Build nothing = build(job, type("promote-canary"));
        assertThat(nothing.end()).as(nothing.console()).isEqualTo("FAILURE");
    }
}
