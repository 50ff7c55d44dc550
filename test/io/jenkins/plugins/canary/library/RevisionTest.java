package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that finds a branch or commit in the workspace, run as the step {@code sh} runs it. */
class RevisionTest {

    @TempDir
    Path temporary;

    private Path workspace;
    private String first;
    private String feature;

    @BeforeEach
    void cloneAsJenkinsDoes() throws Exception {
        Path origin = temporary.resolve("origin");
        git(temporary, "init", "-q", "-b", "develop", origin.toString());
        git(origin, "config", "user.name", "Tests");
        git(origin, "config", "user.email", "tests@example.com");
        git(origin, "commit", "-q", "--allow-empty", "-m", "first");
        first = git(origin, "rev-parse", "HEAD");
        git(origin, "tag", "v1");
        git(origin, "checkout", "-q", "-b", "feature/cart");
        git(origin, "commit", "-q", "--allow-empty", "-m", "feature");
        feature = git(origin, "rev-parse", "HEAD");
        git(origin, "checkout", "-q", "develop");
        workspace = temporary.resolve("workspace");
        git(temporary, "clone", "-q", origin.toString(), workspace.toString());
    }

    @Test
    void findsABranchOfTheRemote() throws Exception {
        assertThat(checkOut("feature/cart")).isEqualTo(feature);
        assertThat(git(workspace, "rev-parse", "HEAD")).isEqualTo(feature);
    }

    @Test
    void findsACommitWholeOrShort() throws Exception {
        assertThat(checkOut(feature)).isEqualTo(feature);
        assertThat(checkOut(first.substring(0, 9))).isEqualTo(first);
    }

    @Test
    void findsATag() throws Exception {
        assertThat(checkOut("v1")).isEqualTo(first);
    }

    /** A local branch is where the remote's was at some earlier build. */
    @Test
    void prefersTheRemotesBranchToALocalOne() throws Exception {
        git(workspace, "branch", "-q", "feature/cart", first);

        assertThat(checkOut("feature/cart")).isEqualTo(feature);
    }

    @Test
    void printsNothingForOneThatThereIsNot() throws Exception {
        assertThat(checkOut("no-such-branch")).isEmpty();
        assertThat(git(workspace, "rev-parse", "HEAD")).isEqualTo(first);
    }

    private String checkOut(String revision) throws Exception {
        Map<String, Object> form = App.form("canary-auto");
        form.put("REVISION", revision);
        PipelineRun run = App.build(Mode.TRUSTED).parameters(form).run(App.JENKINSFILE);
        String script = run.called("sh").get(0).argument("script").toString();
        ProcessBuilder shell = new ProcessBuilder("sh", "-xe", "-c", script);
        shell.environment().put("CANARY_REVISION", revision);
        return output(shell);
    }

    private String output(ProcessBuilder shell) throws IOException, InterruptedException {
        return run(shell.directory(workspace.toFile()));
    }

    private static String git(Path directory, String... arguments) throws IOException, InterruptedException {
        return run(new ProcessBuilder(Stream.concat(Stream.of("git"), List.of(arguments).stream()).toList())
                .directory(directory.toFile()));
    }

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).describedAs(String.join(" ", builder.command())).isZero();
        return text.trim();
    }
}
