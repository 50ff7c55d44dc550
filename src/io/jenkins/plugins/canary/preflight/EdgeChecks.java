package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Probing;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.Kind;
import io.jenkins.plugins.canary.routing.Router;

/** What NGINX and its configuration must be like. */
final class EdgeChecks {

    /** For a changed file, its copy and the copy that NGINX tests. */
    private static final long LEAST_FREE = 1_000_000;

    private final Plan plan;
    private final Router router;
    private final Findings findings;

    EdgeChecks(Plan plan, Router router, Findings findings) {
        this.plan = plan;
        this.router = router;
        this.findings = findings;
    }

    void run(Host host) {
        findings.check(() -> router.read().remarks().forEach(findings::advise));
        findings.check(() -> room(host));
    }

    /** What only the plan says. */
    void advise() {
        plan.services().forEach((service, spec) -> {
            if (spec.kind() == Kind.WEB) {
                findings.advise("service " + service + " is `kind: web` and shares are by request: a page"
                        + " from one release may ask the other for its assets and get 404; keep the assets of both"
                        + " releases available");
            }
        });
    }

    private void room(Host host) throws HostException {
        String config = plan.nginx().config();
        String directory = config.substring(0, Math.max(1, config.lastIndexOf('/')));
        long free = Long.parseLong(host.require("measure free disk", Probing.freeBytes(directory)).text());
        if (free < LEAST_FREE) {
            findings.block("only " + free / 1000 + " kB are free in " + directory + " on " + host.name()
                    + ", where NGINX's configuration is changed; make room there (`df -h " + directory + "`)");
        }
    }
}
