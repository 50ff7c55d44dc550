package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.JsonSink;
import io.jenkins.plugins.canary.host.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A deployer in a process of its own, to which things happen that happen to processes. It waits for its order, so that
 * the moment of what happens counts from the rollout's beginning and not from the JVM's.
 */
final class DeployerProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String READY = "waits for its order";

    private final Process process;
    private final Path log;

    private DeployerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static DeployerProcess start(Path plan, Path log) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                        DeployerProcess.class.getName(), plan.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new DeployerProcess(process, log);
    }

    /** The process itself: reads one order and ends with the exit code of its outcome. */
    public static void main(String[] arguments) throws IOException {
        Path plan = Path.of(arguments[0]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String text = Files.readString(plan);
        // Loads what reads a plan while nobody waits.
        new Deployer(text);
        System.out.println(READY);
        String[] order = orders.readLine().split(";");
        Fate fate = Fate.of(order[0]);
        Deployer deployer = new Deployer(text, fate::at);
        deployer.tell(event -> {
            if (event.type() != Event.Type.PROGRESS) {
                System.out.println(JsonSink.line(event));
            }
        });
        Operation operation = Operation.valueOf(order[1]);
        double share = Double.parseDouble(order[2]);
        System.exit(deployer.run(rollout -> operation.on(rollout, share)).end().exitCode());
    }

    void awaitReady() {
        Await.until("a deployer " + READY + ": " + this, LIMIT, () -> !process.isAlive() || said().contains(READY));
    }

    void order(Fate fate, Operation operation, double share) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((fate + ";" + operation + ";" + share + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /** @param name such as {@code STOP} */
    void signal(String name) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until SIGSTOP has reached it. */
    void awaitStopped() {
        Await.until("the deployer is stopped: " + this, LIMIT, () -> {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
        });
    }

    /** Whether it has ended by itself within some time. */
    boolean endsWithin(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for its end; 137 where it was killed. */
    int awaitEnd() {
        if (!endsWithin(LIMIT)) {
            throw new AssertionError("a deployer had not ended after " + LIMIT.toSeconds() + " s: " + this);
        }
        return process.exitValue();
    }

    /** The deployer's events so far, a line each. */
    List<String> said() {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new AssertionError("cannot read " + log, e);
        }
    }

    @Override
    public String toString() {
        return String.join("\n", said());
    }

    @Override
    public void close() {
        kill();
    }
}
