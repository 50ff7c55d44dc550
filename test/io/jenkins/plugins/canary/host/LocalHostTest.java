package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.commands.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHostTest {

    @TempDir
    Path temporary;

    private final LocalHost host = new LocalHost("here", false);

    @Test
    void runsCommandsAsEveryHostDoes() throws HostException {
        var results = host.run(List.of(
                Command.of("cat").input("in"), Command.of("pwd").in("/usr"), Command.script("echo no >&2; exit 3")));

        assertThat(results).extracting(Result::text).containsExactly("in", "/usr", "");
        assertThat(results.get(2).exit()).isEqualTo(3);
        assertThat(results.get(2).errors()).isEqualTo("no");
        assertThat(host.run(Command.of("pwd")).text()).isEqualTo(System.getProperty("user.home"));
    }

    @Test
    void aPortIsReachableAsItIs() {
        assertThat(host.forward(80)).hasValue(80);
    }

    @Test
    void aHoldLivesUntilItIsClosed() throws HostException {
        Command locked = Command.of("flock", "-n", temporary.resolve("lock").toString(),
                "sh", "-c", "echo held; exec cat");
        try (Hold hold = host.hold("take the lease", locked)) {
            assertThat(hold.line()).isEqualTo("held");
            assertThat(hold.alive()).isTrue();
            assertThatThrownBy(() -> host.hold("take the lease", locked)).isInstanceOf(CommandFailed.class);
        }
        host.hold("take the lease", locked).close();
    }

    @Test
    void anInterruptEndsTheCommandToo() throws Exception {
        Path file = temporary.resolve("pid");
        var failure = new CompletableFuture<HostException>();
        Thread caller = new Thread(() -> {
            try {
                host.run(Command.script("echo $$ >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 20", file.toString()));
                failure.complete(null);
            } catch (HostException e) {
                failure.complete(e);
            }
        });
        caller.start();
        Await.until("the command runs", () -> Files.exists(file));
        Optional<ProcessHandle> command = ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));

        caller.interrupt();

        assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(ConnectionLost.class);
        Await.until("the command ended", () -> !command.orElseThrow().isAlive());
    }
}
