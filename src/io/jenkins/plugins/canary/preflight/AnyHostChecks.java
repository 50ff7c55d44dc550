package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.Probing;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.plan.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What every host of an app must have: a login, root where that is needed, a place for what is remembered. */
final class AnyHostChecks {

    private final Plan plan;
    private final Findings findings;
    private final List<Clock> clocks = new ArrayList<>();

    AnyHostChecks(Plan plan, Findings findings) {
        this.plan = plan;
        this.findings = findings;
    }

    /** Nothing else can be looked at without a login, and without root where the plan asks for it. */
    boolean canLogIn(Host host) {
        return findings.check(() -> {
            host.require("log in", Command.of("true"));
            host.require("become root", Command.of("true").root());
        });
    }

    void run(Host host) {
        findings.require(host, Probing.canMake(plan.stateDirectory()).root(), plan.stateDirectory() + " can't be made",
                "create it for the deploying user with mode 700, name another one (`state`), or set `sudo: true` on the"
                        + " host");
        findings.require(host, Probing.has("flock"), "flock is missing", "install util-linux");
        findings.check(() -> {
            Instant asked = Instant.now();
            String said = host.require("read the clock", Probing.clock()).text();
            clocks.add(Clock.of(host.name(), asked, Long.parseLong(said), Instant.now()));
        });
    }

    void compareClocks() {
        Clock.judge(clocks, findings);
    }
}
