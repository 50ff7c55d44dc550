package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.commands.Command;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {

    @TempDir
    Path temporary;

    /** Feeds a script to a shell as sshd does, and reads all it says. */
    private byte[] say(byte[] script, Map<String, String> environment, String... shell) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(shell);
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().putAll(environment);
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(script);
        }
        byte[] said = process.getInputStream().readAllBytes();
        Await.until("the shell ended", () -> !process.isAlive());
        return said;
    }

    private Exchange.Answer answer(List<Command> commands, String... shell) throws IOException {
        Exchange exchange = Exchange.of(commands, false);
        return exchange.read(new ByteArrayInputStream(say(exchange.batch(), Map.of(), shell)));
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "dash", "bash", "zsh", "fish", "tcsh"})
    void worksUnderEveryLoginShell(String login) throws IOException {
        byte[] bytes = noise(100_000);
        var answer = answer(
                List.of(Command.of("printf", "%s", "it's $(here)\n\\'\"`"), Command.of("cat").input(bytes)),
                login, "-c", "exec /bin/sh");

        assertThat(answer.complete()).isTrue();
        assertThat(answer.results().get(0).out()).asString().isEqualTo("it's $(here)\n\\'\"`");
        assertThat(answer.results().get(1).out()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh", "zsh --emulate sh"})
    void worksInEveryPosixShell(String shell) throws IOException {
        byte[] bytes = noise(300_000);
        var answer = answer(
                List.of(
                        Command.of("cat").input(bytes),
                        Command.script("echo \"$1\" >&2; pwd; exit 3", "two\nlines").in("/usr"),
                        Command.of("echo", "never")),
                shell.split(" "));

        assertThat(answer.complete()).isTrue();
        assertThat(answer.results()).hasSize(2);
        assertThat(answer.results().get(0).out()).isEqualTo(bytes);
        assertThat(answer.results().get(1).exit()).isEqualTo(3);
        assertThat(answer.results().get(1).text()).isEqualTo("/usr");
        assertThat(answer.results().get(1).errors()).isEqualTo("two\nlines");
    }

    @Test
    void worksWithTheToolsOfBusyBoxAlone() throws IOException {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        Path busybox = Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        for (String applet : List.of("sh", "base64", "mktemp", "timeout", "rm", "cat", "sleep")) {
            Files.createLink(bin.resolve(applet), busybox);
        }
        byte[] bytes = noise(10_000);
        Exchange exchange = Exchange.of(
                List.of(Command.of("cat").input(bytes), Command.of("sleep", "20").timeout(Duration.ofSeconds(1))),
                false);

        var answer = exchange.read(new ByteArrayInputStream(
                say(exchange.batch(), Map.of("PATH", bin.toString()), bin.resolve("sh").toString())));

        assertThat(answer.results().get(0).out()).isEqualTo(bytes);
        assertThat(answer.results().get(1).exit()).isEqualTo(124);
    }

    @Test
    void aCommandThatIgnoresTermIsKilledAndCountsAsTimedOut() throws IOException {
        var answer = answer(
                List.of(Command.script("trap '' TERM; while :; do sleep 1; done").timeout(Duration.ofSeconds(1))),
                "sh");

        assertThat(answer.results().get(0).exit()).isEqualTo(124);
    }

    @Test
    void aCommandThatKillsItselfDidNotTimeOut() throws IOException {
        assertThat(answer(List.of(Command.script("kill -KILL $$")), "sh").results().get(0).exit()).isEqualTo(137);
    }

    @Test
    void aScriptCutShortRunsNothing() throws IOException {
        Path trace = temporary.resolve("trace");
        byte[] script = Exchange.of(List.of(Command.of("touch", trace.toString())), false).batch();

        int whole = new String(script, StandardCharsets.UTF_8).lastIndexOf(")\n");
        for (int length = whole; length > 0; length -= 7) {
            say(Arrays.copyOf(script, length), Map.of(), "sh");
            assertThat(trace).doesNotExist();
        }
        say(script, Map.of(), "sh");
        assertThat(trace).exists();
    }

    @Test
    void leavesNothingBehind() throws IOException {
        answer(List.of(Command.of("echo", "one"), Command.of("false")), "sh");

        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void removesItsDirectoryWhenTheReaderIsGone() throws IOException {
        byte[] script = Exchange.of(
                List.of(Command.script("echo; sleep 0.3"), Command.of("touch", temporary + "/second")), false).batch();
        Process shell = new ProcessBuilder("sh", "-c", "TMPDIR=" + temporary + " /bin/sh | true")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream input = shell.getOutputStream()) {
            input.write(script);
        }
        Await.until("the shell ended", () -> !shell.isAlive());

        assertThat(temporary).as("the second command did not start either").isEmptyDirectory();
    }

    @Test
    void removesItsDirectoryOnTerm() throws IOException {
        Path ready = temporary.resolve("ready");
        Exchange exchange = Exchange.of(List.of(Command.script("touch \"$1\"; sleep 1", ready.toString())), false);
        Process shell = new ProcessBuilder("sh").redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        // Another TMPDIR than this JVM's shows where the directory is.
        try (OutputStream input = shell.getOutputStream()) {
            input.write(("TMPDIR=" + temporary + "\n").getBytes(StandardCharsets.UTF_8));
            input.write(exchange.batch());
        }
        Await.until("the command runs", () -> Files.exists(ready));
        try (var files = Files.list(temporary)) {
            assertThat(files.filter(Files::isDirectory)).hasSize(1);
        }

        shell.descendants().findFirst().orElseThrow().destroy();

        Await.until("the directory is gone", () -> {
            try (var files = Files.list(temporary)) {
                return files.noneMatch(Files::isDirectory);
            }
        });
        Await.until("the shell ended", () -> !shell.isAlive());
    }

    @Test
    void aMissingPlaceForOutputsIsAFault() throws IOException {
        Exchange exchange = Exchange.of(List.of(Command.of("true")), false);

        var answer = exchange.read(new ByteArrayInputStream(
                say(exchange.batch(), Map.of("TMPDIR", "/nonexistent"), "sh")));

        assertThat(answer.fault()).startsWith("directory ").contains("/nonexistent").contains("No such file");
    }

    @Test
    void aDiskThatTakesNoOutputIsAFaultEvenIfTheCommandSaysNothing() throws IOException {
        var answer = answer(
                List.of(Command.script("echo lost; exit 0")), "sh", "-c", "trap '' XFSZ; ulimit -f 0; exec /bin/sh");

        assertThat(answer.fault()).startsWith("full ");
    }

    @Test
    void aMissingToolIsAFaultBeforeAnythingRuns() throws IOException {
        Exchange exchange = Exchange.of(List.of(Command.of("true")), false);
        // An absolute PATH cannot be emptied of the system's directories, so the name is hidden by a dangling one.
        String script = new String(exchange.batch(), StandardCharsets.UTF_8)
                .replace("for x in base64", "for x in none64");

        var answer = exchange.read(new ByteArrayInputStream(
                say(script.getBytes(StandardCharsets.UTF_8), Map.of(), "sh")));

        assertThat(answer.fault()).isEqualTo("missing none64");
        assertThat(answer.results()).isEmpty();
    }

    @Test
    void moreOutputThanTheLimitIsRefused() throws IOException {
        var answer = answer(List.of(Command.of("head", "-c", "68000000", "/dev/zero")), "sh");

        assertThat(answer.fault()).isEqualTo("large");
    }

    @Test
    void whatAHostPrintsBeforeIsNotAnAnswer() throws IOException {
        Exchange exchange = new Exchange(List.of(Command.of("true")), false, "@mark");

        var answer = exchange.read(new ByteArrayInputStream(
                "motd\n@other exit 0\n@mark run\n@mark out\n@mark err\nZXJy\n@mark exit 9\n@mark end\n"
                        .getBytes(StandardCharsets.UTF_8)));

        assertThat(answer.before()).isEqualTo("motd\n@other exit 0\n");
        assertThat(answer.results().get(0).exit()).isEqualTo(9);
        assertThat(answer.results().get(0).errors()).isEqualTo("err");
    }

    @Test
    void anAnswerWithoutItsEndIsNotComplete() throws IOException {
        Exchange exchange = new Exchange(List.of(Command.of("true")), false, "@mark");

        var answer = exchange.read(new ByteArrayInputStream("@mark run\n@mark out\n".getBytes(StandardCharsets.UTF_8)));

        assertThat(answer.begun()).isTrue();
        assertThat(answer.complete()).isFalse();
    }

    @Test
    void rootPutsTheTimeoutInsideSudo() {
        String script = new String(
                Exchange.of(List.of(Command.of("nginx", "-t").in("/etc").root()), true).batch(),
                StandardCharsets.UTF_8);

        assertThat(script).contains("exec 'sudo' '-n' '--' 'timeout' '-k' '5' '30' 'sh' '-c'").doesNotContain("\ncd ");
    }
}
