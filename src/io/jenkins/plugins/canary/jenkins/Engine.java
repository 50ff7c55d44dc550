package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.event.ConsoleSink;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.JsonSink;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.host.Address;
import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.jenkins.HostAccess.Vouched;
import io.jenkins.plugins.canary.notice.Notices;
import io.jenkins.plugins.canary.plan.ForbiddenHosts;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import io.jenkins.plugins.canary.plan.PlanException;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Hosts;
import io.jenkins.plugins.canary.rollout.Outcome;
import io.jenkins.plugins.canary.rollout.Rollout;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A rollout on a node, for a step. It runs in a thread of its own, which nobody interrupts: an interrupt of the thread
 * that waits for it means no more than that Jenkins went away, and leaves the hosts as they are.
 */
final class Engine {

    private static final String FORBIDDEN_IN = "Manage Jenkins > System > Canary Deploy";
    private static final Map<String, Engine> RUNNING = new ConcurrentHashMap<>();

    private final EngineCall.Task task;
    private final Work work;
    private final List<HostAccess> hosts;
    private final EngineCall.Env env;
    private final boolean goOn;
    private final PrintStream console;
    private final OutputStream lines;
    private final Abort abort = new Abort();
    private final Secrets secrets = new Secrets();
    private volatile Report report;

    Engine(EngineCall.Task task, Work work, List<HostAccess> hosts, EngineCall.Env env, boolean goOn,
            PrintStream console, OutputStream lines) {
        this.task = task;
        this.work = work;
        this.hosts = List.copyOf(hosts);
        this.env = env;
        this.goOn = goOn;
        this.console = console;
        this.lines = lines;
    }

    /** Tells the engine of this name, if it runs in this process, to stop. */
    static boolean stopRunning(String id, Wish wish) {
        Engine engine = RUNNING.get(id);
        if (engine != null) {
            engine.stop(wish);
        }
        return engine != null;
    }

    void stop(Wish wish) {
        abort.request(wish);
    }

    /** Waits for the end; an interrupt makes it {@link Wish#LEAVE leave} everything as it is. */
    Report runToEnd() {
        Thread thread = new Thread(this::run, "canary-deploy " + task.build());
        thread.setDaemon(true);
        RUNNING.put(task.id(), this);
        boolean interrupted = false;
        try {
            thread.start();
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop(Wish.LEAVE);
                }
            }
        } finally {
            RUNNING.remove(task.id());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return report;
    }

    private void run() {
        try {
            report = rollOut();
        } catch (PlanException | Refused | IOException e) {
            report = Report.refused(secrets.mask(e.getMessage()));
        } catch (RuntimeException | Error e) {
            report = Report.unknown(secrets.mask("a defect of Canary Deploy, please report it: " + e
                    + (e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0])));
        }
    }

    private Report rollOut() throws Refused, IOException {
        learnSecrets();
        Optional<EnvText> envText = envText();
        Work exact = exact();
        Path knownHosts = Files.createTempFile("canary-known-hosts", "");
        try (Relay toConsole = new Relay("console of " + task.build(), new ConsoleSink(console, ZoneId.systemDefault()));
                Relay toPage = new Relay("page of " + task.build(),
                        new JsonSink(new PrintStream(lines, true, StandardCharsets.UTF_8)))) {
            Plan plan = plan(knownHosts);
            Notices notices = new Notices(task.notices(), task.directions(), secrets, console::println);
            Events events = new Events(secrets, List.of(toConsole, toPage, notices), Clock.systemUTC());
            try (notices; Hosts connections = new Hosts(plan, this::login)) {
                Rollout rollout = new Rollout(plan, new ForbiddenHosts(task.forbiddenHosts(), FORBIDDEN_IN),
                        connections.byName(), events, abort, task.by(), task.build(),
                        task.directions().next());
                Outcome outcome = goOn
                        ? rollout.goOn(envText, again -> exact.on(again, envText))
                        : exact.on(rollout, envText);
                return Report.of(outcome, notices.latest(), !task.notices().isEmpty());
            }
        } finally {
            Files.deleteIfExists(knownHosts);
        }
    }

    /** Deploys the commit that the build checked out, unless the step names one. */
    private Work exact() {
        if (!work.deploys() || work.namesACommit()) {
            return work;
        }
        return CheckedOut.commit(Path.of(task.directory()))
                .or(() -> Optional.of(task.builtCommit()).filter(commit -> !commit.isEmpty()))
                .map(work::withCommit).orElse(work);
    }

    private void learnSecrets() {
        hosts.forEach(host -> host.key().ifPresent(key -> {
            secrets.add(key.privateKey());
            secrets.add(key.passphrase());
        }));
        env.values().values().forEach(secrets::add);
        env.content().ifPresent(bytes -> secrets.addValuesOf(new String(bytes, StandardCharsets.UTF_8)));
    }

    private Optional<EnvText> envText() throws Refused {
        if (env.content().isEmpty()) {
            return Optional.empty();
        }
        EnvText text = EnvText.parse(env.content().get());
        for (var value : env.values().entrySet()) {
            text = text.with(value.getKey(), value.getValue());
        }
        return Optional.of(text);
    }

    /** The plan of the workspace with what the controller decided of its hosts. */
    private Plan plan(Path knownHosts) throws IOException {
        Plan plan = PlanReader.read(task.planName(), task.plan());
        StringBuilder keys = new StringBuilder();
        Map<String, HostEntry> entries = new LinkedHashMap<>();
        for (HostAccess host : hosts) {
            host.vouched().map(Vouched::knownHosts).ifPresent(keys::append);
            entries.put(host.host(), host.entry(plan.hostEntry(host.host()), knownHosts));
            Optional<String> nginx = host.vouched().map(Vouched::nginxCommand).filter(command -> !command.isEmpty());
            if (nginx.isPresent() && host.host().equals(plan.edge())) {
                plan = plan.withNginxCommand(nginx.get());
            }
        }
        Files.writeString(knownHosts, keys);
        plan = plan.withHosts(entries);
        return task.soak() < 0 ? plan : plan.withSoak(Duration.ofMillis(task.soak()));
    }

    private Login login(Address address) {
        return hosts.stream().filter(host -> host.host().equals(address.name())).findFirst()
                .flatMap(HostAccess::key).map(HostAccess.Key::login)
                .orElseGet(() -> address.key() != null && task.agentSocket().isEmpty()
                        ? new Login.KeyFile(address.key(), new byte[0])
                        : new Login.Agent(task.agentSocket().isEmpty() ? null : Path.of(task.agentSocket())));
    }
}
