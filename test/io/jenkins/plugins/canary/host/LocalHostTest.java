package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.commands.Command;
import java.io.IOException;
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
    void aCommandRunsInAnotherSessionThanThisProcess() throws HostException, IOException {
        String command = host.run(Command.of("cat", "/proc/self/stat")).text();

        assertThat(session(command)).isNotEqualTo(session(Files.readString(Path.of("/proc/self/stat"))));
    }

    /** The fourth field after the program's name, which is in brackets and may have spaces: proc(5). */
    private static long session(String stat) {
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ")[3]);
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
