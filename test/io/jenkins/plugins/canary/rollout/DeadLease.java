package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.host.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The lease of a deployer that renews it no more: 20 s pass in an instant, by what the host's file says. */
final class DeadLease {

    /** Under the lock, as whoever renews it does. */
    private static final String PASS = """
            exec 9>>"$1/lease.lock"
            flock 9
            [ -s "$1/lease" ] || exit 0
            read -r fence expires facts <"$1/lease"
            printf '%s %s %s\\n' "$fence" "$(($(date +%s) - 1))" "$facts" >"$1/lease.test"
            mv "$1/lease.test" "$1/lease"
            """;

    private DeadLease() {}

    static void pass(ProductionHost host) throws IOException {
        Program.run(Path.of("/"), "sh", "-c", PASS, "sh", host.state().resolve(host.app()).toString());
    }

    /** Does something as soon as the dead one's lease is over: the host may still be renewing it when that dies. */
    static Outcome then(ProductionHost host, Deployer deployer, Deployer.Action action) {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Await.until("the app is free", Duration.ofMinutes(2), () -> {
            pass(host);
            outcome.set(deployer.run(action));
            return outcome.get().end() != Outcome.End.HELD_BY_ANOTHER;
        });
        return outcome.get();
    }
}
