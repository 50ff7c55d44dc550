package io.jenkins.plugins.canary.bench;

import io.jenkins.plugins.canary.nginx.ConfigFile;
import io.jenkins.plugins.canary.nginx.ConfigTree;
import io.jenkins.plugins.canary.nginx.Upstream;
import io.jenkins.plugins.canary.nginx.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code bin/bench config}: read, parse, edit and write a config of ten thousand upstreams, beside {@code nginx -t} on
 * the same file.
 */
public final class ConfigBench {

    private static final int UPSTREAMS = 10_000;
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 15;
    private static final int STABLE = 8081;
    private static final int CANARY = 8082;

    private final Path directory;
    private final Path config;
    private int changes;

    private ConfigBench(Path directory) throws IOException {
        this.directory = directory;
        this.config = Files.writeString(directory.resolve("nginx.conf"), text(directory));
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("canary-bench-");
        try {
            new ConfigBench(directory).run().print(List.of(args).contains("--json"));
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Report run() throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            edit();
        }
        Series ours = new Series();
        Series nginx = new Series();
        for (int i = 0; i < ROUNDS; i++) {
            ours.time(this::edit);
            nginx.time(this::test);
        }
        Report report = new Report("A config of " + UPSTREAMS + " upstreams, " + Files.size(config) / 1000
                + " kB, median of " + ROUNDS + " in turn, the JVM warm");
        report.row("Canary Deploy: read, parse, edit one, write", ours);
        report.ratio("vsNginxTest", "nginx -t", nginx, ours, 1.0);
        return report;
    }

    private void edit() throws IOException {
        String path = config.toString();
        ConfigTree tree = ConfigTree.of(path, Map.of(path, Files.readAllBytes(config)));
        changes++;
        int canary = 100 + changes % 2;
        ConfigFile edited = Upstream.of(tree.files().get(path),
                        tree.upstream("app" + changes % UPSTREAMS).orElseThrow().directive())
                .withWeights(STABLE, CANARY, new Weights(canary, 1000 - canary));
        Files.write(config, edited.bytes());
    }

    private void test() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("nginx", "-t", "-q", "-p", directory.toString(), "-c", config.toString(),
                "-e", directory.resolve("error.log").toString()).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException("nginx -t on " + config + " gave exit code " + process.exitValue());
        }
    }

    private static String text(Path directory) {
        StringBuilder text = new StringBuilder("pid " + directory + "/nginx.pid;\nevents {}\nhttp {\n");
        for (int i = 0; i < UPSTREAMS; i++) {
            text.append("""
                        upstream app%d {
                            # as the team keeps it
                            server 127.0.0.1:%d weight=900 max_fails=3 fail_timeout=10s;
                            server 127.0.0.1:%d weight=100;
                            keepalive 16;
                        }
                    """.formatted(i, STABLE, CANARY));
        }
        return text.append("    server { listen 127.0.0.1:1; location / { proxy_pass http://app0; } }\n}\n").toString();
    }
}
