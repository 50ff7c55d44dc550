package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.Nginx;
import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.HealthCheck;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.preflight.Finding;
import io.jenkins.plugins.canary.preflight.Preflight;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.routing.Router;
import io.jenkins.plugins.canary.routing.UpstreamRouter;
import io.jenkins.plugins.canary.routing.Verifier;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An app where it runs: its plan, its hosts, and for one rollout everything that reads or changes them. */
final class Site {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    private final Plan plan;
    private final Map<String, FencedHost> hosts = new LinkedHashMap<>();
    private final Events events;
    private final Abort abort;
    private final LeaseFacts facts;
    private final NextSteps next;
    private final String stamp;
    private final Router router;
    private final Verifier verifier;
    private final Lease lease;
    private final Claim claim;
    private final MemoryFile memoryFile;
    private final Journal journal;
    private final Map<String, HealthCheck> healthChecks = new HashMap<>();
    private Memory memory = Memory.NONE;

    /**
     * @param facts who does what, for others who find the app held
     * @param next how a person goes on from a held canary
     */
    Site(Plan plan, Map<String, Host> hosts, Events events, Abort abort, LeaseFacts facts, NextSteps next) {
        this.plan = plan;
        hosts.forEach((name, host) -> this.hosts.put(name, new FencedHost(host, plan.stateDirectory())));
        this.events = events;
        this.abort = abort;
        this.facts = facts;
        this.next = next;
        this.stamp = STAMP.format(Instant.now());
        Host edge = this.hosts.get(plan.edge());
        Nginx nginx = Nginx.of(plan.nginx().command());
        this.router = new UpstreamRouter(plan, edge, nginx, events, stamp);
        this.verifier = new Verifier(plan, edge, nginx, abort);
        this.lease = new Lease(plan, this.hosts, facts, events);
        this.claim = new Claim(plan, edge, facts);
        this.memoryFile = new MemoryFile(plan, edge);
        this.journal = new Journal(plan, edge, events.secrets());
    }

    Plan plan() {
        return plan;
    }

    Events events() {
        return events;
    }

    Abort abort() {
        return abort;
    }

    NextSteps next() {
        return next;
    }

    Router router() {
        return router;
    }

    Verifier verifier() {
        return verifier;
    }

    Lease lease() {
        return lease;
    }

    Claim claim() {
        return claim;
    }

    Journal journal() {
        return journal;
    }

    Memory memory() {
        return memory;
    }

    /** Goes to another state: into the journal first, then everywhere else. */
    void enter(State next, String message) throws HostException {
        Transitions.require(events.state(), next);
        if (journal.isOpen() && !Transitions.isEnd(next)) {
            journal.begin(next, Map.of());
        }
        events.state(next, message);
    }

    /** Begins a part of a state that whoever goes on must know of. */
    void stage(String stage, Map<String, Object> facts) throws HostException {
        journal.stage(stage, facts);
    }

    /**
     * @param commit a hash, or empty for the newest of the plan's branch
     * @throws Refused something that a new release needs is not in order
     */
    void preflight(Optional<String> commit) throws Refused, Aborted {
        abort.check();
        require(checks().run(commit));
    }

    /** The same for a release that is on the hosts already: its repository may be down. */
    void preflightWithoutSource() throws Refused, Aborted {
        abort.check();
        require(checks().runWithoutSource());
    }

    Preflight checks() {
        return new Preflight(plan, Map.copyOf(hosts), router, deployment(SlotName.CANARY));
    }

    /**
     * Takes the lease and recalls what earlier rollouts left.
     *
     * @return the last of them, if it did not come to its end
     */
    Optional<Unfinished> takeLease() throws HeldByAnother, HostException {
        lease.take();
        recall();
        return journal.unfinished();
    }

    /** Opens the journal of a new rollout. */
    void begin(Map<String, Object> request) throws HostException {
        writeAs(new Journal.Writer(stamp + "-" + lease.fence(), lease.fence(), facts));
        journal.begin(events.state(), request);
    }

    /** Goes on with the journal of a rollout that stopped. */
    void takeUp(Unfinished left) {
        writeAs(new Journal.Writer(left.rollout(), lease.fence(),
                new LeaseFacts(facts.by(), left.action(), facts.build(), facts.since())));
    }

    /** Writes no more into the journal of a rollout that was taken up. */
    void putDown() {
        journal.writeAs(null);
        events.rollout("");
    }

    /** Goes on with the journal of this rollout, which had come to its end, under another lease. */
    void reopen() {
        writeAs(new Journal.Writer(journal.rollout(), lease.fence(), facts));
    }

    private void writeAs(Journal.Writer writer) {
        journal.writeAs(writer);
        events.rollout(writer.rollout());
    }

    void recall() throws HostException {
        deployment(SlotName.STABLE).learnSecrets();
        memory = memoryFile.read();
    }

    private void require(List<Finding> findings) throws Refused {
        findings.stream().filter(finding -> !finding.blocks()).forEach(finding -> events.warning(finding.text()));
        List<String> problems = findings.stream().filter(Finding::blocks).map(Finding::text).toList();
        if (!problems.isEmpty()) {
            throw new Refused(String.join("\n", problems));
        }
    }

    void remember(Memory next) throws HostException {
        memory = next;
        memoryFile.write(next);
    }

    /** Whether this rollout has begun: it has the lease, and its journal is open. */
    boolean hasBegun() {
        return journal.isOpen();
    }

    /** The rollout is over: what was its state is written down for good. */
    void end(State end, Map<String, Object> outcome) throws HostException {
        if (hasBegun()) {
            if (end != State.REFUSED) {
                remember(memory.ended(end, facts.by(), Instant.now()));
            }
            journal.end(end, outcome);
        }
    }

    Deployment deployment(SlotName slot) {
        return new Deployment(plan, slot, Map.copyOf(hosts), events, journal::rollout);
    }

    HealthCheck health(String service, SlotName slot) {
        return healthChecks.computeIfAbsent(service + "/" + slot, key ->
                new HealthCheck(plan, service, slot, hosts.get(plan.hostOf(service)), abort));
    }

    /** @throws Unhealthy the first service of the slot that does not work */
    void requireHealthy(SlotName slot) throws Unhealthy, HostException, Aborted {
        for (String service : plan.services().keySet()) {
            health(service, slot).check();
        }
    }

    boolean healthyNow(SlotName slot) throws HostException {
        for (String service : plan.services().keySet()) {
            if (!health(service, slot).healthyNow()) {
                return false;
            }
        }
        return true;
    }

    /** Waits until every service of a slot that has just been started works. */
    void awaitStart(SlotName slot) throws Unhealthy, HostException, Aborted {
        for (String service : plan.services().keySet()) {
            health(service, slot).awaitStart();
        }
        events.tell(Type.HEALTH,
                "healthy: " + plan.services().keySet() + " (" + slot.label() + ")", Map.of("slot", slot.label()));
    }
}
