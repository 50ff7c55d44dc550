package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A production host of a test class that quick rollouts of one of its services, the backend, are tried on. Before each test
 * no canary is held.
 */
final class Shop extends RegisteredHost {

    private final Host here = new LocalHost("here", false);
    private int releases = 1;

    @Override
    void prepare() {
        // It is one as it is.
    }

    Deployer deployer() {
        return deployer(Deployer.QUICK);
    }

    /** @param keys the plan's top-level keys besides the host's own, and besides {@link Deployer#QUICK} */
    Deployer deployer(String keys) {
        return new Deployer(host().plan(List.of("backend")) + keys);
    }

    /** A name for a release that no other one of this host has. */
    String newName() {
        return String.valueOf(++releases);
    }

    /** Pushes a release that works, and returns its name. */
    String pushWorking() throws IOException {
        String name = newName();
        host().pushRelease(Release.working(name));
        return name;
    }

    /** Pushes a release with other files than the usual ones; returns the commit. */
    String push(Release release, Map<String, String> files) throws IOException, HostException {
        host().pushRelease(release);
        Path developer = host().home().resolve("developer");
        for (var file : files.entrySet()) {
            Files.createDirectories(developer.resolve(file.getKey()).getParent());
            Files.writeString(developer.resolve(file.getKey()), file.getValue());
        }
        git(developer, "add", "--all");
        git(developer, "commit", "--quiet", "--message", "Release " + release.name() + " with other files");
        git(developer, "push", "--quiet", "origin", "HEAD:develop");
        return git(developer, "rev-parse", "HEAD");
    }

    /** A slot's Compose file. */
    static String file(SlotName slot) {
        return "docker-compose." + slot.label() + ".yml";
    }

    /** The backend's usual part of a slot's Compose file, to be followed by more of the service, then of the file. */
    String compose(SlotName slot) {
        return """
                version: "3.5"
                services:
                  backend:
                    build: {context: ., dockerfile: backend/Dockerfile}
                    env_file: .env
                    init: true
                    stop_grace_period: 1s
                    ports: ["127.0.0.1:%d:8080"]
                """.formatted(host().port("backend", slot));
    }

    /** No canary is held, and the stable slot serves everyone. */
    @Override
    void reset() throws IOException {
        if (!Files.readString(host().nginxConf()).contains("weight=500")) {
            return;
        }
        Outcome outcome = deployer().run(rollout -> rollout.setWeights(Map.of("backend", 0.0)));
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
    }

    /** The releases that forty requests of users get. */
    Set<String> served() throws IOException {
        Set<String> served = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            var answer = host().http("/api/version");
            served.add(answer.status() == 200 ? answer.body().strip() : "status " + answer.status());
        }
        return served;
    }

    /** What a slot's container answers past NGINX. */
    String release(SlotName slot) throws IOException {
        return host().http("backend", slot, "/version").body().strip();
    }

    String environment(SlotName slot) throws IOException {
        return host().http("backend", slot, "/cgi-bin/env").body();
    }

    Path directory(SlotName slot) {
        return slot == SlotName.STABLE ? host().directory() : Path.of(host().directory() + ".canary");
    }

    Path state() {
        return host().state().resolve(host().app());
    }

    List<String> imagesOfBackend() throws IOException {
        return host().docker("image", "ls", "--format", "{{.Tag}}", host().app() + "-backend").lines().sorted().toList();
    }

    String git(Path directory, String... words) throws HostException {
        List<String> all = new ArrayList<>(List.of("git", "-c", "user.name=Kim", "-c", "user.email=kim@example.test"));
        all.addAll(List.of(words));
        return here.require("run git", Command.of(all).in(directory.toString())).text();
    }

    /** Everything that a rollout which changed nothing must leave alone. */
    record Snapshot(
            String nginx, List<String> docker, String stable, String stableEnv, String canary, String canaryEnv) {}

    Snapshot snapshot() throws IOException, HostException {
        // A share that was taken back is a new generation of the same configuration.
        return new Snapshot(Files.readString(host().nginxConf()).replaceAll("\\d+ \\$pid", "N \\$pid"),
                host().docker("ps", "--all", "--quiet", "--filter", "name=" + host().app()).lines().sorted().toList(),
                workingCopy(SlotName.STABLE), env(SlotName.STABLE),
                workingCopy(SlotName.CANARY), env(SlotName.CANARY));
    }

    private String workingCopy(SlotName slot) throws HostException {
        Path directory = directory(slot);
        return !Files.exists(directory) ? "none" : git(directory, "rev-parse", "HEAD") + "\n"
                + git(directory, "status", "--porcelain") + "\n" + git(directory, "diff", "HEAD") + "\n"
                + git(directory, "stash", "list");
    }

    private String env(SlotName slot) throws IOException {
        Path env = directory(slot).resolve(".env");
        return Files.exists(env) ? Files.readString(env) + Files.getPosixFilePermissions(env) : "none";
    }
}
