package io.jenkins.plugins.canary.acceptance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.CookieManager;
import java.net.ServerSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Jenkins on loopback with this plugin in it, in a home of its own. {@code JENKINS_WAR} is its war,
 * {@code JENKINS_PLUGINS} a folder with the other plugins.
 */
final class Controller implements AutoCloseable {

    static final String WAR = System.getenv().getOrDefault("JENKINS_WAR", "");
    static final String PLUGINS = System.getenv().getOrDefault("JENKINS_PLUGINS", "");

    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration BUILD = Duration.ofMinutes(6);

    private final Path home;
    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).connectTimeout(Duration.ofSeconds(10)).build();
    private Process process;
    private final List<Process> agents = new ArrayList<>();

    private Controller(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    static boolean isGiven() {
        return !WAR.isEmpty() && !PLUGINS.isEmpty();
    }

    static Controller start() throws IOException {
        Path home = Files.createTempDirectory("canary-jenkins-");
        Path plugins = Files.createDirectory(home.resolve("plugins"));
        try (Stream<Path> files = Files.list(Path.of(PLUGINS))) {
            for (Path file : files.filter(each -> each.toString().matches(".*\\.[hj]pi")).toList()) {
                if (!file.getFileName().toString().startsWith("canary-deploy.")) {
                    Files.copy(file, plugins.resolve(file.getFileName()));
                }
            }
        }
        Files.copy(Path.of("target/canary-deploy.hpi"), plugins.resolve("canary-deploy.jpi"),
                StandardCopyOption.REPLACE_EXISTING);
        Controller controller = new Controller(home, freePort());
        controller.launch();
        return controller;
    }

    /** Starts Jenkins on its home, as it is after {@link #stop} or {@link #kill}. */
    void launch() throws IOException {
        List<String> words = List.of(System.getProperty("java.home") + "/bin/java", "-Xmx1g",
                "-Djava.awt.headless=true", "-Djenkins.install.runSetupWizard=false",
                "-Dhudson.model.UpdateCenter.never=true", "-Dhudson.model.UpdateCenter.updateCenterUrl=http://127.0.0.1:1/",
                "-Dhudson.model.DownloadService.never=true", "-Dhudson.model.UsageStatistics.disabled=true",
                "-Dhudson.plugins.git.GitSCM.ALLOW_LOCAL_CHECKOUT=true",
                "-jar", WAR, "--httpListenAddress=127.0.0.1", "--httpPort=" + port);
        ProcessBuilder builder = new ProcessBuilder(words).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("JENKINS_HOME", home.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("SSH_AUTH_SOCK");
        process = builder.start();
        await("Jenkins to start; see " + log(), START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Jenkins ended:\n" + read(log()));
            }
            try {
                return get("/api/json").statusCode() == 200 && script("""
                        println jenkins.model.Jenkins.get().initLevel.name()""").contains("COMPLETED");
            } catch (IOException e) {
                return false;
            }
        });
        script("jenkins.model.JenkinsLocationConfiguration.get().setUrl('" + url() + "/')");
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path home() {
        return home;
    }

    Path log() {
        return home.resolve("jenkins.log");
    }

    /** An orderly stop, as by systemd. */
    void stop() throws IOException {
        process.destroy();
        ended();
    }

    /** kill -9. */
    void kill() throws IOException {
        process.destroyForcibly();
        ended();
    }

    private void ended() throws IOException {
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("Jenkins did not end within 2 minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Runs Groovy in the script console and returns what it printed. */
    String script(String groovy) throws IOException {
        HttpResponse<String> answer = post("/scriptText", Map.of("script", groovy));
        if (answer.statusCode() != 200) {
            throw new IOException("the script console answered " + answer.statusCode() + ": " + answer.body());
        }
        if (answer.body().contains("Exception:") || answer.body().contains("Error:")) {
            throw new IOException("a script failed:\n" + groovy + "\n" + answer.body());
        }
        return answer.body();
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60)).build());
    }

    HttpResponse<String> post(String path, Map<String, String> form) throws IOException {
        JsonObject crumb = JsonParser.parseString(get("/crumbIssuer/api/json").body()).getAsJsonObject();
        String body = form.entrySet().stream().map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8)
                + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(crumb.get("crumbRequestField").getAsString(), crumb.get("crumb").getAsString())
                .POST(BodyPublishers.ofString(body));
        return send(request.build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Connects an agent process; it connects again by itself when Jenkins was away. */
    Process startAgent(String name, Map<String, String> environment) throws IOException {
        String secret = script("""
                import hudson.slaves.*
                def jenkins = jenkins.model.Jenkins.get()
                if (jenkins.getNode('%1$s') == null) {
                    def node = new DumbSlave('%1$s', '%2$s', new JNLPLauncher())
                    node.numExecutors = 4
                    node.labelString = '%1$s'
                    jenkins.addNode(node)
                }
                println jenkins.getComputer('%1$s').jnlpMac
                """.formatted(name, Files.createDirectories(home.resolve("agents/" + name)))).strip();
        Path jar = home.resolve("agent.jar");
        if (!Files.exists(jar)) {
            try {
                http.send(HttpRequest.newBuilder(URI.create(url() + "/jnlpJars/agent.jar")).build(),
                        BodyHandlers.ofFile(jar));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-jar",
                jar.toString(), "-url", url() + "/", "-secret", secret, "-name", name, "-webSocket", "-workDir",
                home.resolve("agents/" + name).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("agent-" + name + ".log").toFile()));
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().putAll(environment);
        Process agent = builder.start();
        agents.add(agent);
        awaitOnline(name);
        return agent;
    }

    void awaitOnline(String name) throws IOException {
        await("agent " + name + " to connect", Duration.ofMinutes(2), () -> {
            try {
                return script("println jenkins.model.Jenkins.get().getComputer('" + name + "').online")
                        .contains("true");
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Makes or replaces a Pipeline job and starts a build of it. */
    Build build(String job, String pipeline) throws IOException {
        return build(job, pipeline, true);
    }

    Build build(String job, String pipeline, boolean sandbox) throws IOException {
        Path script = Files.writeString(Files.createTempFile(home, "pipeline", ".groovy"), pipeline);
        String number = script("""
                import org.jenkinsci.plugins.workflow.job.*
                import org.jenkinsci.plugins.workflow.cps.*
                def jenkins = jenkins.model.Jenkins.get()
                def job = jenkins.getItem('%1$s') ?: jenkins.createProject(WorkflowJob, '%1$s')
                job.definition = new CpsFlowDefinition(new File('%2$s').text, %3$s)
                println job.scheduleBuild2(0).waitForStart().number
                """.formatted(job, script, sandbox)).strip();
        return new Build(this, job, Integer.parseInt(number));
    }

    /** One build of a job. */
    record Build(Controller jenkins, String job, int number) {

        String path() {
            return "/job/" + job + "/" + number + "/";
        }

        Path directory() {
            return jenkins.home.resolve("jobs/" + job + "/builds/" + number);
        }

        String console() {
            return read(directory().resolve("log"));
        }

        /** SUCCESS, FAILURE, ABORTED; empty as long as it runs. */
        String result() throws IOException {
            String json = jenkins.get(path() + "api/json?tree=building,result").body();
            // The last lines of the log come after the result.
            boolean ended = json.contains("\"building\":false") && console().contains("Finished: ");
            return ended ? json.replaceAll(".*\"result\":\"(\\w+)\".*", "$1") : "";
        }

        /** Waits for the end and returns the result. */
        String end() throws IOException {
            String[] result = {""};
            await("build " + path() + " to end:\n", BUILD, () -> {
                try {
                    result[0] = result();
                } catch (IOException e) {
                    result[0] = "";
                }
                return !result[0].isEmpty();
            }, this::console);
            return result[0];
        }

        Build awaitInConsole(String text) throws IOException {
            await("`" + text + "` in the console of " + path(), BUILD, () -> {
                if (console().contains(text)) {
                    return true;
                }
                try {
                    if (!result().isEmpty()) {
                        throw new AssertionError("the build ended without `" + text + "`:\n" + console());
                    }
                } catch (IOException e) {
                    return false;
                }
                return false;
            }, this::console);
            return this;
        }

        void abort() throws IOException {
            jenkins.post(path() + "stop", Map.of());
        }
    }

    static void await(String what, Duration most, BooleanSupplier condition) throws IOException {
        await(what, most, condition, () -> "");
    }

    private static void await(String what, Duration most, BooleanSupplier condition,
            java.util.function.Supplier<String> more) throws IOException {
        Instant deadline = Instant.now().plus(most);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("waited " + most.toSeconds() + " s for " + what + more.get());
            }
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }

    @Override
    public void close() throws IOException {
        agents.forEach(Process::destroyForcibly);
        process.destroyForcibly();
        ended();
        if (System.getenv("JENKINS_KEEP_HOME") == null) {
            delete(home);
        }
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
