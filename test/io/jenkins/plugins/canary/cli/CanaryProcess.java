package io.jenkins.plugins.canary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The command line as a user calls it: a process of its own, with this test's classes. */
final class CanaryProcess {

    private static final int LIMIT_SECONDS = 120;

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader = new Thread(this::read, "canary-output");
    private boolean ended;

    private CanaryProcess(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        process.getOutputStream().close();
        reader.start();
    }

    static CanaryProcess start(String... words) throws IOException {
        return new CanaryProcess(command(words), Map.of());
    }

    static Ended run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        return new CanaryProcess(command(words), environment).end();
    }

    static Ended run(String... words) throws IOException, InterruptedException {
        return start(words).end();
    }

    /** In a pseudo terminal of script(1); its output has the terminal's line ends. */
    static Ended runOnTerminal(String... words) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder();
        command(words).forEach(word -> line.append('\'').append(word).append("' "));
        return new CanaryProcess(List.of("script", "-qefc", line.toString(), "/dev/null"), Map.of()).end();
    }

    private static List<String> command(String... words) {
        // A build in the background of a shell ignores SIGINT, and every process that it starts would too.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        return command;
    }

    /** Waits for the first line that matches. */
    String awaitLine(Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        synchronized (lines) {
            while (true) {
                for (String line : lines) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                assertThat(!ended && System.nanoTime() < deadline).as("a line that matches among %s", lines).isTrue();
                lines.wait(1_000);
            }
        }
    }

    /** @param name such as {@code INT} */
    void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        assertThat(exit).isZero();
    }

    Ended end() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("had not ended after " + LIMIT_SECONDS + " s: " + lines);
        }
        reader.join();
        return new Ended(process.exitValue(), List.copyOf(lines));
    }

    private void read() {
        try (BufferedReader output = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    private void add(String line) {
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
    }

    /** What a command left. */
    record Ended(int exit, List<String> lines) {

        String text() {
            return String.join("\n", lines);
        }

        /** The lines of {@code --json}; fails on one that is none. */
        List<JsonObject> events() {
            return lines.stream().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
        }

        JsonObject outcome() {
            JsonObject last = events().get(lines.size() - 1);
            assertThat(last.get("type").getAsString()).isEqualTo("outcome");
            return last;
        }

        String state() {
            return outcome().get("state").getAsString();
        }
    }
}
