package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.event.Sink;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.ForbiddenHosts;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.release.EnvText;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Runs rollouts in this process as the command line does: every call has hosts, events and secrets of its own. What
 * they told is kept, and a test can act on an event while the rollout goes on.
 */
public final class Deployer {

    /** Settings of rollouts that waste no time. */
    static final String QUICK = """
            rollout: {steps: [50], soak: 200ms, minRequests: 10, drain: 5s}
            promote: {steps: [100], soak: 100ms}
            """;

    /** The same with a second step. */
    static final String TWO_STEPS = QUICK.replace("[50]", "[30, 60]");

    private static final NextSteps NEXT = new NextSteps("canary promote", "canary rollback");

    private final Plan plan;
    private final UnaryOperator<Host> watched;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<Sink> watchers = new CopyOnWriteArrayList<>();
    private final ForbiddenHosts forbidden;
    private volatile Abort abort = new Abort();

    public Deployer(String plan) {
        this(plan, ForbiddenHosts.NONE, UnaryOperator.identity());
    }

    public Deployer(String plan, ForbiddenHosts forbidden) {
        this(plan, forbidden, UnaryOperator.identity());
    }

    /** @param watched what stands between the rollout and each host */
    public Deployer(String plan, UnaryOperator<Host> watched) {
        this(plan, ForbiddenHosts.NONE, watched);
    }

    private Deployer(String plan, ForbiddenHosts forbidden, UnaryOperator<Host> watched) {
        this.plan = PlanReader.read("canary.yml", plan);
        this.forbidden = forbidden;
        this.watched = watched;
    }

    public Outcome canaryAuto() {
        return deploy(DeployType.CANARY_AUTO, Map.of(), Optional.empty());
    }

    public Outcome canaryManual(Map<String, Double> shares) {
        return deploy(DeployType.CANARY_MANUAL, shares, Optional.empty());
    }

    public Outcome stable() {
        return deploy(DeployType.STABLE, Map.of(), Optional.empty());
    }

    public Outcome deploy(DeployType type, Map<String, Double> shares, Optional<EnvText> env) {
        return run(rollout -> rollout.deploy(type, new DeployRequest(shares, Optional.empty(), env)));
    }

    public Outcome run(Action action) {
        abort = new Abort();
        events.clear();
        Secrets secrets = new Secrets();
        Sink sink = event -> {
            events.add(event);
            watchers.forEach(watcher -> watcher.accept(event));
        };
        try (Hosts hosts = new Hosts(plan, address -> Login.of(address, System.getenv()))) {
            Map<String, Host> each = new HashMap<>(hosts.byName());
            each.replaceAll((name, host) -> watched.apply(host));
            return action.on(new Rollout(plan, forbidden, each,
                    new Events(secrets, List.of(sink), Clock.systemUTC()),
                    abort, "a test", "", NEXT));
        }
    }

    /** What to do with a rollout. */
    public interface Action {
        Outcome on(Rollout rollout);
    }

    /** Asks the rollout that is running to turn back, as Ctrl-C does. */
    public void abort() {
        abort.request();
    }

    /** Tells every event to somebody else too. */
    public void tell(Sink sink) {
        watchers.add(sink);
    }

    /** Calls something in the rollout's own thread at the first event that matches. */
    public void at(Predicate<Event> when, Runnable what) {
        watchers.add(new Sink() {
            private boolean done;

            @Override
            public synchronized void accept(Event event) {
                if (!done && when.test(event)) {
                    done = true;
                    what.run();
                }
            }
        });
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The messages of the last rollout, a line each or more. */
    public String log() {
        return events.stream().filter(event -> event.type() != Type.PROGRESS).map(Event::message)
                .collect(Collectors.joining("\n"));
    }
}
