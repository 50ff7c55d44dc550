package io.jenkins.plugins.canary.release;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A remote, a developer's clone that pushes to it, and a plan for this machine whose slots are beside them. */
final class TestRepository {

    private final LocalHost host = new LocalHost("here", false);
    private final List<Event> told = new CopyOnWriteArrayList<>();
    private final Events events = new Events(new Secrets(), List.of(told::add), Clock.systemUTC());
    private final Path home;
    private String more = "";
    private int stamps;

    TestRepository(Path home) throws IOException, HostException {
        this.home = home;
        git(home, "init", "--quiet", "--bare", "--initial-branch=develop", remote());
        git(home, "clone", "--quiet", remote(), "developer");
        write(developer().resolve("file"), "one\n");
        push();
        git(home, "clone", "--quiet", remote(), stable().toString());
    }

    String remote() {
        return home.resolve("remote.git").toString();
    }

    Path developer() {
        return home.resolve("developer");
    }

    Path stable() {
        return home.resolve("shop");
    }

    Path canary() {
        return home.resolve("shop.canary");
    }

    Path state() {
        return home.resolve("state/shop");
    }

    LocalHost host() {
        return host;
    }

    /** Further top-level keys of the plan. */
    TestRepository with(String keys) {
        more += keys.strip() + "\n";
        return this;
    }

    Plan plan() {
        return plan(remote(), "develop");
    }

    Plan plan(String url, String branch) {
        return PlanReader.read("canary.yml", """
                app: shop
                host: {address: local}
                source: {url: %s, branch: %s}
                directory: %s
                nginx: {config: /etc/nginx/conf.d/shop.conf}
                state: %s
                services:
                  web: {ports: {stable: 8081, canary: 8082}, health: {path: /}}
                """.formatted(url, branch, stable(), home.resolve("state")) + more);
    }

    WorkingCopy workingCopy(SlotName slot) {
        return workingCopy(slot, plan());
    }

    WorkingCopy workingCopy(SlotName slot, Plan plan) {
        return new WorkingCopy(plan, plan.slot(slot), host, events, rollout());
    }

    Deployment deployment(SlotName slot) {
        return new Deployment(plan(), slot, Map.of(Plan.ONLY_HOST, host), events, rollout());
    }

    /** Commits everything in the developer's clone and pushes it; returns the commit. */
    String push() throws HostException {
        git(developer(), "add", "--all", "--force");
        git(developer(), "commit", "--quiet", "--message", "Change something");
        git(developer(), "push", "--quiet", "origin", "HEAD:develop");
        return git(developer(), "rev-parse", "HEAD");
    }

    String git(Path directory, String... words) throws HostException {
        List<String> all = new ArrayList<>(List.of("git", "-c", "user.name=Kim", "-c", "user.email=kim@example.test"));
        all.addAll(List.of(words));
        return host.require("run git", Command.of(all).in(directory.toString())).text();
    }

    /** What a checkout may change: branch, commit, and every difference to it, ignored files too. */
    String snapshot(Path copy) throws HostException {
        return git(copy, "rev-parse", "HEAD") + "\n" + git(copy, "rev-parse", "--abbrev-ref", "HEAD") + "\n"
                + git(copy, "status", "--porcelain", "--ignored") + "\n"
                + git(copy, "diff", "--no-ext-diff", "--no-color", "--binary", "HEAD") + "\n"
                + git(copy, "stash", "list");
    }

    String log() {
        return told.stream().map(Event::message).collect(Collectors.joining("\n"));
    }

    List<String> warnings() {
        return told.stream().filter(event -> event.type() == Type.WARNING).map(Event::message).toList();
    }

    Events events() {
        return events;
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Another rollout with each call. */
    private Supplier<String> rollout() {
        String name = "2026010" + ++stamps + "T000000-" + stamps;
        return () -> name;
    }
}
