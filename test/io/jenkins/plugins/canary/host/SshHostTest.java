package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.commands.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshHostTest {

    @TempDir
    static Path home;

    @TempDir
    Path temporary;

    private static TestSshd sshd;
    private SshHost host;

    @BeforeAll
    static void startServer() throws IOException {
        sshd = TestSshd.start(home, "SetEnv TMPDIR=" + home);
    }

    @AfterAll
    static void stopServer() {
        sshd.close();
    }

    @BeforeEach
    void open() {
        host = sshd.host();
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static CompletableFuture<Throwable> failureOf(ThrowingCallable call) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                call.call();
                return null;
            } catch (Throwable e) {
                return e;
            }
        }, work -> new Thread(work, "call").start());
    }

    @Test
    void runsCommandsInOrderOverOneConnection() throws HostException {
        var results = host.run(List.of(Command.of("echo", "one"), Command.script("echo two >&2")));

        assertThat(results).extracting(Result::text).containsExactly("one", "");
        assertThat(results.get(1).errors()).isEqualTo("two");
        host.run(Command.of("true"));
        assertThat(sshd.sessions()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "-n", "--", "'; touch pwned; '", "$(touch pwned)", "`touch pwned`", "a\nb\n", "\\n\\", "\"", "!!", "*", "~",
        "größe → 🚀", "'", "''\\''", "a  b\t", "${HOME}", "@mark exit 0"
    })
    void aWordStaysAWord(String word) throws HostException, IOException {
        Result result = host.run(Command.of("printf", "[%s]", word).in(temporary.toString()));

        assertThat(result.out()).asString(StandardCharsets.UTF_8).isEqualTo("[" + word + "]");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void inputAndOutputAreExactBytes() throws HostException {
        byte[] bytes = new byte[5_000_001];
        new Random(5).nextBytes(bytes);

        Result result = host.run(Command.script("tee /dev/stderr").input(bytes));

        assertThat(Arrays.equals(result.out(), bytes)).isTrue();
        assertThat(Arrays.equals(result.err(), bytes)).isTrue();
    }

    @Test
    void aScriptMayBeLargerThanTheArgumentsOfAProcess() throws HostException {
        List<Command> commands = IntStream.range(0, 40)
                .mapToObj(i -> Command.of("printf", "%.4s", "x".repeat(100_000))).toList();

        assertThat(host.run(commands)).hasSize(40).allMatch(Result::ok);
    }

    @Test
    void eachCommandHasItsOwnInputAndNoneReadsTheNextOnes() throws HostException {
        var results = host.run(List.of(
                Command.of("head", "-n", "1").input("first\nrest\n"), Command.of("cat"), Command.of("cat").input("3")));

        assertThat(results).extracting(Result::text).containsExactly("first", "", "3");
    }

    @Test
    void stopsAfterTheFirstFailure() throws HostException {
        var results = host.run(List.of(Command.of("true"), Command.script("exit 7"), Command.of("touch", "never")));

        assertThat(results).extracting(Result::exit).containsExactly(0, 7);
    }

    @Test
    void givesThe124OfATimeout() throws HostException {
        Result result = host.run(Command.script("echo begun; exec sleep 30").timeout(Duration.ofSeconds(1)));

        assertThat(result.exit()).isEqualTo(124);
        assertThat(result.text()).isEqualTo("begun");
    }

    @Test
    void aMissingProgramAndAMissingDirectoryAreFailuresOfTheCommand() throws HostException {
        assertThat(host.run(Command.of("no-such-program")).exit()).isEqualTo(127);
        assertThat(host.run(Command.of("pwd").in("/no/such")).errors()).contains("/no/such");
        assertThat(host.run(Command.of("pwd").in("/no/such")).ok()).isFalse();
    }

    @Test
    void findsProgramsForAdministrators() throws HostException {
        assertThat(host.run(Command.script("echo $PATH")).text().split(":")).contains("/usr/sbin");
    }

    @Test
    void requireTellsWhatFailedWhereAndHow() {
        assertThatThrownBy(() -> host.require("reload NGINX", Command.script("echo oops >&2; exit 4")))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("could not reload NGINX on web1: "
                        + "`sh -c 'echo oops >&2; exit 4 …'` gave exit code 4:\noops");
    }

    @Test
    void requireTellsATimeoutFromAnExitCode() {
        Command late = Command.of("sleep", "30").timeout(Duration.ofSeconds(1));

        assertThatThrownBy(() -> host.require("wait", late))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("could not wait on web1: `sleep 30` gave no end within 1 s");
    }

    @Test
    void aDaemonLeftBehindDoesNotKeepTheExchangeOpen() throws HostException {
        long start = System.nanoTime();

        Result result = host.run(Command.script("sleep 20 & echo $!").input("not read"));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        ProcessHandle.of(Long.parseLong(result.text())).orElseThrow().destroy();
    }

    @Test
    void noisyLoginsDoNotDisturb() throws IOException, HostException {
        try (TestSshd noisy = TestSshd.start(temporary,
                "ForceCommand printf 'motd without end'; echo oops >&2; eval \"$SSH_ORIGINAL_COMMAND\"")) {
            try (SshHost host = noisy.host()) {
                Result result = host.run(Command.script("echo out; echo err >&2"));

                assertThat(result.text()).isEqualTo("out");
                assertThat(result.errors()).isEqualTo("err");
            }
        }
    }

    @Test
    void aLoginThatGivesNoShellSaysWhatCameInstead() throws IOException {
        try (TestSshd closed = TestSshd.start(temporary, "ForceCommand echo This account is not available; exit 1")) {
            try (SshHost host = closed.host()) {
                assertThatThrownBy(() -> host.run(Command.of("true")))
                        .isExactlyInstanceOf(HostException.class)
                        .hasMessageContaining("web1 logged " + TestSshd.USER + " in but ran no `/bin/sh` (exit code 1)")
                        .hasMessageContaining("This account is not available");
            }
        }
    }

    @Test
    void anUnwritablePlaceForOutputsHasItsOwnMessage() throws IOException {
        try (TestSshd broken = TestSshd.start(temporary, "SetEnv TMPDIR=/nonexistent"); SshHost host = broken.host()) {
            assertThatThrownBy(() -> host.run(Command.of("echo", "x")))
                    .isExactlyInstanceOf(HostException.class)
                    .hasMessageContaining("web1 has no place for the output of `echo x` (nothing ran)")
                    .hasMessageContaining("/nonexistent")
                    .hasMessageContaining("df -h /tmp");
        }
    }

    @Test
    void aFullDiskHasItsOwnMessage() throws IOException {
        try (TestSshd full = TestSshd.start(temporary,
                "ForceCommand trap '' XFSZ; ulimit -f 0; eval \"$SSH_ORIGINAL_COMMAND\""); SshHost host = full.host()) {
            assertThatThrownBy(() -> host.run(Command.of("echo", "x")))
                    .isExactlyInstanceOf(HostException.class)
                    .hasMessageContaining("is full: `echo x` ran (exit code ")
                    .hasMessageContaining("free space there");
        }
    }

    @Test
    void tooMuchOutputIsRefusedAndTheConnectionStaysUsable() throws HostException {
        assertThatThrownBy(() -> host.run(Command.of("head", "-c", "68000000", "/dev/zero")))
                .isExactlyInstanceOf(HostException.class)
                .hasMessageContaining("wrote more than 64 MB");
        assertThat(host.run(Command.of("echo", "still")).text()).isEqualTo("still");
    }

    @Test
    void secretsAreNeverArgumentsOrEnvironment() throws Exception {
        String secret = "s3cret-" + System.nanoTime();
        String encoded = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        Path go = temporary.resolve("go");
        Path ready = temporary.resolve("ready");
        var call = CompletableFuture.supplyAsync(() -> {
            try {
                return host.run(Command.script("cat; touch \"$1\"; until [ -e \"$2\" ]; do sleep 0.05; done",
                        ready.toString(), go.toString()).input(secret));
            } catch (HostException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("the command runs", () -> Files.exists(ready));

        List<String> seen = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            for (String what : List.of("cmdline", "environ")) {
                try {
                    seen.add(Files.readString(Path.of("/proc", "" + process.pid(), what), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // That process ended meanwhile, or is another user's.
                }
            }
        }
        Files.createFile(go);

        assertThat(seen).anyMatch(text -> text.contains(go.toString()));
        assertThat(seen).noneMatch(text -> text.contains(secret) || text.contains(encoded));
        assertThat(call.get(10, TimeUnit.SECONDS).text()).isEqualTo(secret);
    }

    @Test
    void aBatchOfSixTakesLessThan60MillisecondsOnAWarmConnection() throws HostException {
        List<Command> six = IntStream.range(0, 6).mapToObj(i -> Command.of("echo", "line " + i).input("x")).toList();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 30; round++) {
            long start = System.nanoTime();
            host.run(six);
            best = Math.min(best, System.nanoTime() - start);
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(60));
    }

    @Test
    void severalThreadsShareTheConnection() {
        var calls = IntStream.range(0, 8).mapToObj(i -> CompletableFuture.supplyAsync(() -> {
            try {
                return host.run(Command.of("echo", "" + i)).text();
            } catch (HostException e) {
                throw new AssertionError(e);
            }
        }, work -> new Thread(work).start())).toList();

        assertThat(calls.stream().map(CompletableFuture::join)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
        assertThat(sshd.sessions()).hasSize(1);
    }

    @Test
    void aDropFailsTheRunningCallAtOnceAndTheNextOneConnectsAgain() throws Exception {
        Path ready = temporary.resolve("ready");
        Path second = temporary.resolve("second");
        var call = failureOf(() -> host.run(List.of(
                Command.script("echo $PPID >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 2", ready.toString()),
                Command.of("touch", second.toString()))));
        Await.until("the command runs", () -> Files.exists(ready));
        ProcessHandle timeout = ProcessHandle.of(Long.parseLong(Files.readString(ready).strip())).orElseThrow();
        ProcessHandle batch = timeout.parent().orElseThrow();

        long start = System.nanoTime();
        sshd.killSessions();

        assertThat(call.get(10, TimeUnit.SECONDS)).isInstanceOf(ConnectionLost.class)
                .hasMessageContaining("the connection to web1 dropped while `sh -c ");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(host.run(Command.of("echo", "again")).text()).isEqualTo("again");
        Await.until("the batch there ended", () -> !batch.isAlive());
        assertThat(second).as("the rest of the batch was not started").doesNotExist();
    }

    @Test
    void aDropDuringWhatMayBeRepeatedCostsASecondTryOnly() throws Exception {
        Path tries = temporary.resolve("tries");
        CompletableFuture<Result> call = CompletableFuture.supplyAsync(() -> {
            try {
                return host.run(Command.script("echo >>\"$1\"; sleep 1; wc -l <\"$1\"", tries.toString()).repeatable());
            } catch (HostException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("the command runs", () -> Files.exists(tries));
        sshd.killSessions();

        assertThat(call.get(10, TimeUnit.SECONDS).text()).isEqualTo("2");
    }

    @Test
    void aDropBetweenCallsIsNotNoticed() throws HostException {
        host.run(Command.of("true"));
        sshd.killSessions();

        assertThat(host.run(Command.of("echo", "again")).text()).isEqualTo("again");
    }

    @Test
    void waitsForAnSshdThatRestarts() throws Exception {
        host.run(Command.of("true"));
        sshd.stop();
        var call = failureOf(() -> host.run(Command.of("true")));
        sshd.listen();

        assertThat(call.get(15, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void aKilledShellIsALostCommand() {
        assertThatThrownBy(() -> host.run(Command.script("kill -KILL $(cut -d' ' -f4 /proc/$PPID/stat)")))
                .isInstanceOf(ConnectionLost.class)
                .hasMessageContaining("the shell on web1 was ended");
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        Path ready = temporary.resolve("ready");
        var failure = new CompletableFuture<Throwable>();
        Thread caller = new Thread(() -> {
            try {
                host.run(Command.script("touch \"$1\"; exec sleep 5", ready.toString()));
                failure.complete(null);
            } catch (HostException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        caller.start();
        Await.until("the command runs", () -> Files.exists(ready));

        caller.interrupt();

        assertThat(failure.get(2, TimeUnit.SECONDS)).isInstanceOf(ConnectionLost.class)
                .hasMessageContaining("interrupted");
    }

    @Test
    void forwardsAPortOfTheHostAndAgainAfterADrop() throws Exception {
        int port = sshd.port();
        int local = host.forward(port).orElseThrow();

        assertThat(local).isNotEqualTo(port);
        assertThat(greeting(local)).startsWith("SSH-2.0");
        assertThat(host.forward(port)).hasValue(local);
        sshd.killSessions();
        host.run(Command.of("true"));
        assertThat(greeting(local)).startsWith("SSH-2.0");
    }

    private static String greeting(int port) throws IOException {
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5000);
            return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aPortThatNothingListensOnYetMayStillBeForwarded() throws Exception {
        assertThat(host.forward(TestSshd.freePort())).isPresent();
    }

    @Test
    void isEmptyWhereForwardingIsForbidden() throws Exception {
        try (TestSshd strict = TestSshd.start(temporary, "AllowTcpForwarding no"); SshHost host = strict.host()) {
            assertThat(host.forward(strict.port())).isEmpty();
            assertThat(host.forward(TestSshd.freePort())).isEmpty();
            assertThat(host.run(Command.of("true")).ok()).isTrue();
        }
    }

    @Test
    void moreAtOnceThanTheServerAllowsIsSaid() throws Exception {
        Path ready = temporary.resolve("ready");
        Path go = temporary.resolve("go");
        try (TestSshd small = TestSshd.start(temporary, "MaxSessions 1"); SshHost host = small.host()) {
            var first = failureOf(() -> host.require("wait", Command.script(
                    "touch \"$1\"; until [ -e \"$2\" ]; do sleep 0.05; done", ready.toString(), go.toString())));
            Await.until("the command runs", () -> Files.exists(ready));

            assertThatThrownBy(() -> host.run(Command.of("true"))).hasMessageContaining("MaxSessions");
            assertThat(first).isNotDone();
            Files.createFile(go);
            assertThat(first.get(10, TimeUnit.SECONDS)).as("the first one goes on undisturbed").isNull();
        }
    }

    @Test
    void aClosedHostEndsItsConnection() throws HostException {
        host.run(Command.of("true"));
        host.close();

        Await.until("the session of sshd ended", () -> sshd.sessions().isEmpty());
        assertThatThrownBy(() -> host.run(Command.of("true"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingIsSentToAHostThatIsNotNeeded() {
        int before = sshd.sessions().size();
        try (SshHost lazy = new SshHost(sshd.address(), Login.of(sshd.address(), Map.of()))) {
            assertThat(lazy.name()).isEqualTo("web1");
            assertThat(sshd.sessions()).hasSize(before);
        }
    }
}
