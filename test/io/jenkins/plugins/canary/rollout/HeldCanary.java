package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.host.Await;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A host of a test class that holds release 2 as its canary at 50 %, before each test anew. */
final class HeldCanary extends RegisteredHost {

    private static final Map<String, String> PATHS = Map.of("backend", "/api/version", "python", "/python/version");

    private final List<String> services;
    private Map<Path, byte[]> config;

    HeldCanary(String... services) {
        this.services = List.of(services);
    }

    @Override
    void prepare() throws IOException {
        host().pushRelease(Release.working("2"));
        Outcome outcome = new Deployer(plan()).canaryAuto();
        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        config = config();
    }

    /** The plan of all its services with {@link Deployer#QUICK} settings. */
    String plan() {
        return plan(Deployer.QUICK);
    }

    String plan(String settings) {
        return host().plan(services) + settings;
    }

    /**
     * The plan with another NGINX command: a script that does something of its own before it calls the real one.
     *
     * @param before shell text that sees NGINX's arguments as {@code $*}
     */
    String planWithNginx(String settings, String before) throws IOException {
        Path script = Files.createTempFile(host().home(), "nginx", ".sh");
        Files.writeString(script, "#!/bin/sh\n" + before + "\nexec " + String.join(" ", host().nginxCommand())
                + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return plan(settings).replace("command: " + String.join(" ", host().nginxCommand()), "command: " + script);
    }

    /** Writes the app's NGINX file as a person does, and has NGINX load it. */
    void configure(String text) throws IOException {
        Files.writeString(host().nginxConf(), text);
        reload();
    }

    String configured() throws IOException {
        return Files.readString(host().nginxConf());
    }

    /** The app's NGINX file as it was when the canary began to be held. */
    String heldConfig() {
        return new String(config.get(host().nginxConf()), StandardCharsets.UTF_8);
    }

    /** Reloads and waits until no worker with the earlier configuration is left. */
    void reload() throws IOException {
        long master = Long.parseLong(Files.readString(host().nginxMainConf().resolveSibling("nginx.pid")).strip());
        List<ProcessHandle> workers = ProcessHandle.of(master).orElseThrow().children().toList();
        host().reloadNginx();
        Await.until("the earlier workers ended", () -> workers.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Back to the canary at 50 %, with the files of then; its commit with the {@code .env} of now is a new release. */
    @Override
    void reset() throws IOException {
        Files.writeString(host().directory().resolve(".env"), "# edited at " + Instant.now() + "\n",
                StandardOpenOption.APPEND);
        for (Path file : config().keySet()) {
            if (!config.containsKey(file)) {
                Files.delete(file);
            }
        }
        for (var file : config.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        reload();
    }

    /** NGINX's files, byte for byte what they were when the canary began to be held, and it still has half. */
    void assertUntouched() throws IOException {
        Map<Path, byte[]> now = config();
        assertThat(now.keySet()).isEqualTo(config.keySet());
        config.forEach((file, bytes) -> assertThat(now.get(file)).as(file.toString()).isEqualTo(bytes));
        services.stream().filter(PATHS::containsKey).forEach(service -> assertServed(service, 50));
    }

    /** No file that a change needs on its way lies about. */
    void assertNothingIsLeft() throws IOException {
        assertThat(config().keySet()).isEqualTo(config.keySet());
    }

    /** Asks as a user a hundred times. */
    void assertServed(String service, double share) {
        Map<String, Integer> releases = ask(service);
        assertThat((double) releases.getOrDefault("2", 0)).as("answers of %s: %s", service, releases)
                .isCloseTo(share, within(1.0));
    }

    private Map<String, Integer> ask(String service) {
        Map<String, Integer> releases = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            try {
                releases.merge(host().http(PATHS.get(service)).body().strip(), 1, Integer::sum);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return releases;
    }

    /** What both slots run and have checked out. */
    Map<String, String> slots() throws IOException {
        Map<String, String> slots = new TreeMap<>();
        for (SlotName slot : SlotName.values()) {
            Path copy = Path.of(host().directory() + (slot == SlotName.STABLE ? "" : ".canary"));
            slots.put(slot.label(), host().docker("ps", "-q", "--no-trunc", "--filter",
                    "label=com.docker.compose.project=" + host().project(slot)) + " "
                    + Program.run(copy, "git", "rev-parse", "HEAD") + " " + Program.run(copy, "git", "status", "--short"));
        }
        return slots;
    }

    /** Every file of NGINX's configuration, and what a change may leave beside them. */
    private Map<Path, byte[]> config() throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        List<Path> found = new ArrayList<>();
        try (Stream<Path> main = Files.list(host().nginxMainConf().getParent());
                Stream<Path> included = Files.walk(host().nginxConf().getParent())) {
            Stream.concat(main, included).filter(file -> file.getFileName().toString().contains(".conf"))
                    .filter(Files::isRegularFile).forEach(found::add);
        }
        for (Path file : found) {
            files.put(file, Files.readAllBytes(file));
        }
        return files;
    }
}
