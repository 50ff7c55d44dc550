package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.fixture.Answer;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Release;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What must be true of a host whenever no rollout is under way, whatever happened to those before: NGINX serves what is
 * configured and what is remembered, and nothing lies about.
 */
final class Aftermath {

    private static final int ANSWERS = 20;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    /** What a state directory holds between rollouts. */
    private static final Pattern STATE = Pattern.compile("backups|releases|sessions|current\\.json|journal\\.ndjson|lease"
            + "|lease\\.lock|compose\\.lock|compose\\.(stable|canary)\\.yml|undo-(stable|canary)\\.json|ports\\.json");

    private final ProductionHost host;
    private final Deployer deployer;
    private final MemoryFile memory;
    private final Map<String, String> names = new HashMap<>();

    /** @param plan of one service, the backend */
    Aftermath(ProductionHost host, String plan) {
        this.host = host;
        this.deployer = new Deployer(plan);
        this.memory = new MemoryFile(PlanReader.read("canary.yml", plan), new LocalHost("edge", false));
    }

    /**
     * What the backend's users get.
     *
     * @param stable the release in the stable slot
     * @param canary the one in the canary slot, or empty where that has no traffic
     */
    record Served(Weights weights, String stable, String canary) {}

    /** Tells which release a commit is; any other is the first one, 1. */
    void pushed(String commit, String release) {
        names.put(commit, release);
    }

    Served served() throws IOException {
        Outcome outcome = deployer.run(Rollout::status);
        Weights weights = outcome.services().get("backend").weights();
        return new Served(weights, version(SlotName.STABLE), weights.canary() == 0 ? "" : version(SlotName.CANARY));
    }

    /** Everything that is not as it must be, a line each. */
    List<String> problems() throws IOException {
        List<String> problems = new ArrayList<>(inconsistencies());
        problems.addAll(leftovers());
        return problems;
    }

    /** What is served otherwise than configured, or configured otherwise than remembered. */
    List<String> inconsistencies() throws IOException {
        List<String> problems = new ArrayList<>();
        Outcome shown = deployer.run(Rollout::showWeights);
        if (shown.end() != Outcome.End.DONE) {
            problems.add("`canary weights` ends with " + shown.end() + ": " + shown.message());
        }
        problems.addAll(wrongReleases());
        return problems;
    }

    /** What a start of NGINX at this very moment would give users, where that is not a release that runs. */
    List<String> problemsAfterBoot() throws IOException {
        List<String> problems = new ArrayList<>();
        TreeSet<String> running = new TreeSet<>(List.of(version(SlotName.STABLE)));
        try {
            running.add(version(SlotName.CANARY));
        } catch (IOException e) {
            // It does not run, or was started a moment ago: then nobody may be sent to it.
        }
        try {
            for (Answer answer : host.answersAfterBoot("/api/version", ANSWERS)) {
                if (answer.status() != 200 || !running.contains(answer.body().strip())) {
                    problems.add("after a boot: status " + answer.status() + " " + answer.body().strip() + ", where "
                            + running + " run");
                }
            }
        } catch (IOException e) {
            problems.add("after a boot: " + e.getMessage());
        }
        return problems;
    }

    private List<String> wrongReleases() throws IOException {
        List<String> problems = new ArrayList<>();
        Served served = served();
        Memory memory = memory();
        memory.stable().map(this::name).filter(name -> !name.equals(served.stable()))
                .ifPresent(name -> problems.add("the stable slot answers " + served.stable() + ", remembered is " + name));
        if (served.weights().canaryHasUsers()) {
            String remembered = memory.canary().map(this::name).orElse("none");
            if (!remembered.equals(served.canary())) {
                problems.add("the canary slot answers " + served.canary() + " to " + served.weights().share()
                        + " % of all, remembered is " + remembered);
            }
        }
        for (int i = 0; i < ANSWERS; i++) {
            Answer answer = host.http("/api/version");
            String release = answer.body().strip();
            if (answer.status() != 200 || !List.of(served.stable(), served.canary()).contains(release)) {
                problems.add("a user gets status " + answer.status() + " " + release + ", where " + served + " is served");
            }
        }
        return problems;
    }

    /** What an interrupted rollout can leave and another must have removed. */
    List<String> leftovers() {
        long deadline = System.nanoTime() + PATIENCE;
        Supplier<List<String>> look = () -> {
            try {
                return lookForLeftovers();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        // Connections of a moment ago still end.
        List<String> left = look.get();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return left;
            }
            left = look.get();
        }
        return left;
    }

    private List<String> lookForLeftovers() throws IOException {
        List<String> left = new ArrayList<>();
        Path state = host.state().resolve(host.app());
        files(state).filter(file -> !STATE.matcher(file.getFileName().toString()).matches())
                .forEach(file -> left.add("file " + file));
        files(state.resolve("sessions")).forEach(file -> left.add("session " + file));
        files(host.temporary()).forEach(file -> left.add("temporary file " + file));
        Stream.concat(files(host.nginxConf().getParent()), files(host.nginxMainConf().getParent()))
                .filter(file -> file.getFileName().toString().contains(".canary-"))
                .forEach(file -> left.add("file beside NGINX's " + file));
        if (Files.exists(state.resolve("lease")) && !Files.readString(state.resolve("lease")).split(" ")[1].equals("0")) {
            left.add("lease " + Files.readString(state.resolve("lease")).strip());
        }
        List<String> journal = Files.readAllLines(state.resolve("journal.ndjson"));
        if (!journal.get(journal.size() - 1).contains("\"kind\":\"END\"")) {
            left.add("unfinished: " + journal.get(journal.size() - 1));
        }
        host.commands().forEach(command -> left.add("process " + command));
        leaveGit(left);
        for (SlotName slot : SlotName.values()) {
            List<String> containers = host.docker("ps", "--all", "--format", "{{.Names}} {{.Status}}", "--filter",
                    "label=com.docker.compose.project=" + host.project(slot),
                    "--filter", "label=com.docker.compose.service=backend").lines().toList();
            if (containers.size() > 1) {
                left.add("containers " + containers);
            }
        }
        return left;
    }

    private void leaveGit(List<String> left) throws IOException {
        Path git = host.directory().resolve(".git");
        try (Stream<Path> files = Files.walk(git)) {
            files.filter(file -> file.toString().endsWith(".lock")).forEach(file -> left.add("git's lock " + file));
        }
        String stashes = Program.run(host.directory(), "git", "stash", "list");
        stashes.lines().forEach(stash -> left.add("stash " + stash));
    }

    private static Stream<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Stream.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList().stream();
        }
    }

    Memory memory() {
        try {
            return memory.read();
        } catch (HostException e) {
            throw new AssertionError(e);
        }
    }

    String name(Release release) {
        return names.getOrDefault(release.commit(), "1");
    }

    private String version(SlotName slot) throws IOException {
        return host.http("backend", slot, "/version").body().strip();
    }
}
