package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.routing.Router;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that can be known before a rollout changes anything; all of it at once, not only the first problem. */
public final class Preflight {

    private final Plan plan;
    private final Map<String, Host> hosts;
    private final Router router;
    private final Deployment canary;

    /** @param canary the slot that a release goes to; only looked at */
    public Preflight(Plan plan, Map<String, Host> hosts, Router router, Deployment canary) {
        this.plan = plan;
        this.hosts = hosts;
        this.router = router;
        this.canary = canary;
    }

    /**
     * Runs every check that the state of the hosts allows; nothing is changed.
     *
     * @param commit the one that is to be deployed, or empty for the newest of the plan's branch
     */
    public List<Finding> run(Optional<String> commit) {
        Findings findings = new Findings();
        List<Host> reachable = look(findings);
        SourceChecks source = new SourceChecks(plan, canary, commit, findings);
        reachable.stream().filter(host -> plan.serviceHosts().contains(host.name())).forEach(source::run);
        return findings.all();
    }

    /** Only what a release needs that is on the hosts already. */
    public List<Finding> runWithoutSource() {
        Findings findings = new Findings();
        look(findings);
        return findings.all();
    }

    /** @return the hosts that could be logged in to */
    private List<Host> look(Findings findings) {
        AnyHostChecks any = new AnyHostChecks(plan, findings);
        ServiceHostChecks service = new ServiceHostChecks(plan, findings);
        EdgeChecks edge = new EdgeChecks(plan, router, findings);
        Set<String> names = new LinkedHashSet<>(plan.serviceHosts());
        names.add(plan.edge());
        List<Host> reachable = new ArrayList<>();
        for (String name : names) {
            Host host = hosts.get(name);
            if (!any.canLogIn(host)) {
                continue;
            }
            reachable.add(host);
            any.run(host);
            if (plan.serviceHosts().contains(name)) {
                service.run(host);
            }
            if (name.equals(plan.edge())) {
                edge.run(host);
            }
        }
        any.compareClocks();
        edge.advise();
        return reachable;
    }
}
