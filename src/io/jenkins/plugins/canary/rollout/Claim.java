package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.ClaimFile;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import java.time.Duration;
import java.util.Optional;

/** Says on the edge that somebody watches a held canary. Unlike a {@link Lease} it keeps nobody from anything. */
final class Claim {

    /** A watcher that was killed is known to be gone after this. */
    static final Duration TTL = Duration.ofSeconds(60);

    private final Host edge;
    private final String stateDirectory;
    private final LeaseFacts facts;

    Claim(Plan plan, Host edge, LeaseFacts facts) {
        this.edge = edge;
        this.stateDirectory = plan.stateDirectory();
        this.facts = facts;
    }

    /** @param fence of the last lease that was taken; it rises with every one */
    record LeaseNow(long fence, boolean held) {}

    /** Makes it last longer, and looks whether the app is leased. */
    LeaseNow renew() throws HostException {
        String[] words = edge.require("say that the canary is watched",
                ClaimFile.renew(stateDirectory, TTL, facts.json())).text().split(" ");
        return new LeaseNow(Long.parseLong(words[0]), words[1].equals("held"));
    }

    void drop() throws HostException {
        edge.require("say that nobody watches any more", ClaimFile.remove(stateDirectory, facts.json()));
    }

    /** Who watches, in words. */
    Optional<String> watcher() throws HostException {
        String json = edge.require("read who watches", ClaimFile.read(stateDirectory)).text();
        return json.isBlank() ? Optional.empty() : Optional.of(LeaseFacts.describe(json));
    }
}
