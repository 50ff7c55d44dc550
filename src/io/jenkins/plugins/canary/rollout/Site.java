package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.Nginx;
import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Events;
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
import java.util.List;
import java.util.Map;

/** An app where it runs: its plan, its hosts, and for one rollout everything that reads or changes them. */
final class Site {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    private final Plan plan;
    private final Map<String, Host> hosts;
    private final Events events;
    private final Abort abort;
    private final String by;
    private final String stamp;
    private final Router router;
    private final Verifier verifier;
    private final Lease lease;
    private final MemoryFile memoryFile;
    private final Map<String, HealthCheck> healthChecks = new HashMap<>();
    private Memory memory = Memory.NONE;

    /** @param action what this rollout does, for others who find the app held */
    Site(Plan plan, Map<String, Host> hosts, Events events, Abort abort, String by, String action) {
        this.plan = plan;
        this.hosts = Map.copyOf(hosts);
        this.events = events;
        this.abort = abort;
        this.by = by;
        this.stamp = STAMP.format(Instant.now());
        Host edge = hosts.get(plan.edge());
        Nginx nginx = Nginx.of(plan.nginx().command());
        this.router = new UpstreamRouter(plan, edge, nginx, events, stamp);
        this.verifier = new Verifier(plan, edge, nginx, abort);
        this.lease = new Lease(plan, edge, by, action);
        this.memoryFile = new MemoryFile(plan, edge);
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

    Router router() {
        return router;
    }

    Verifier verifier() {
        return verifier;
    }

    Lease lease() {
        return lease;
    }

    Memory memory() {
        return memory;
    }

    void enter(State next, String message) {
        Transitions.require(events.state(), next);
        events.state(next, message);
    }

    /** Checks what a new release needs, takes the lease and recalls what earlier rollouts left. */
    void validate() throws Refused, HeldByAnother, HostException, Aborted {
        abort.check();
        require(new Preflight(plan, hosts, router).run());
        begin();
    }

    /** The same for a release that is on the hosts already: its repository may be down. */
    void validateWithoutSource() throws Refused, HeldByAnother, HostException, Aborted {
        abort.check();
        require(new Preflight(plan, hosts, router).runWithoutSource());
        begin();
    }

    /** Takes the lease and recalls what earlier rollouts left. */
    void begin() throws HeldByAnother, HostException, Aborted {
        abort.check();
        lease.ensure();
        recall();
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

    void rememberEnd(State end) throws HostException {
        remember(memory.ended(end, by, Instant.now()));
    }

    Deployment deployment(SlotName slot) {
        return new Deployment(plan, slot, hosts, events, stamp);
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
        events.tell(io.jenkins.plugins.canary.event.Event.Type.HEALTH,
                "healthy: " + plan.services().keySet() + " (" + slot.label() + ")", Map.of("slot", slot.label()));
    }
}
