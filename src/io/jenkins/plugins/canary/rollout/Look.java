package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where an app stands and changes nothing, not even a lock. */
final class Look {

    private final Site site;
    private final Traffic traffic;
    private final List<String> lines = new ArrayList<>();

    Look(Site site) {
        this.site = site;
        this.traffic = new Traffic(site);
    }

    /**
     * @param sample whether requests are sent to see how they split
     * @return whether NGINX does what its files say, as far as that was looked at
     */
    boolean run(boolean sample) throws Refused, HostException, Aborted {
        site.recall();
        var weights = traffic.weights();
        Memory memory = site.memory();
        lines.add(site.plan().app() + ": " + describe(memory));
        memory.stable().ifPresent(release -> lines.add("stable: " + release.title()));
        memory.canary().ifPresent(release -> lines.add("canary: " + release.title()));
        if (memory.state() == State.HOLDING) {
            lines.add(site.claim().watcher().map(watcher -> "watched: " + watcher).orElse("nobody watches it"));
        }
        Optional<Unfinished> unfinished = site.journal().unfinished();
        boolean orphan = unfinished.isPresent() && !site.lease().isHeldBySomeone();
        unfinished.ifPresent(left -> lines.add(orphan
                ? "not finished, and nobody is at it: " + left.describe() + ". Go on with it, or finish its way back:"
                        + " canary resume --plan PLAN"
                : "under way: " + left.describe()));
        boolean served = true;
        if (sample) {
            traffic.whyNotAsked().ifPresent(lines::add);
            try {
                traffic.soak(Soak.untilProved(), SlotName.STABLE);
            } catch (Traffic.NotServed | Unhealthy e) {
                lines.add(e.getMessage());
                served = false;
            }
        }
        traffic.served().forEach((service, now) -> lines.add(service + ": share " + now.weights().share()
                + " % (weights " + now.weights() + ")" + now.liveShare().map(live -> String.format(
                        java.util.Locale.ROOT, ", %.1f %% of %d requests", live, now.samples())).orElse("")));
        return served && !orphan && memory.state() != State.FAILED && !weights.isEmpty();
    }

    State state() {
        return site.memory().state();
    }

    Optional<String> commit() {
        return site.memory().canary().or(() -> site.memory().stable()).map(Release::commit);
    }

    Traffic traffic() {
        return traffic;
    }

    String text() {
        return String.join("\n", lines);
    }

    private static String describe(Memory memory) {
        if (memory.state() == State.PENDING) {
            return "no rollout yet";
        }
        return memory.state() + " since " + memory.at() + ", by " + memory.by()
                + (memory.promoted() ? "; the promoted release serves from the canary slot" : "");
    }
}
