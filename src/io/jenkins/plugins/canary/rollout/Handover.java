package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan.IdleSlot;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.release.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the release in the canary slot the one that both slots have. All requests go to the canary slot, the stable one
 * is replaced, and they go back: at no time does a slot with requests change.
 */
final class Handover {

    private static final int STEP = 100;

    private final Site site;
    private final Traffic traffic;
    private final Deployment stable;
    private final Retreat retreat;
    private boolean replacing;

    Handover(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
        this.stable = site.deployment(SlotName.STABLE);
        this.retreat = new Retreat(site, traffic);
    }

    void run(Release release) throws Exception {
        site.enter(State.PROMOTING, "handing all requests to " + Release.shortHash(release.commit()));
        raise();
        if (!site.plan().promote().finalizes()) {
            traffic.apply(traffic.ofAll(new Weights(Weights.MINIMUM.stable(), Weights.MINIMUM.canary())));
            traffic.soak(Soak.untilProved(), SlotName.CANARY);
            site.remember(site.memory().withPromoted(true));
            return;
        }
        replaceStable(release);
        lower();
        free();
    }

    /** Brings requests back to what the stable slot had before. */
    void turnBack() throws Exception {
        Optional<Release> before = site.memory().stable();
        if (replacing && before.isPresent()) {
            site.requireHealthy(SlotName.CANARY);
            traffic.clear(SlotName.STABLE);
            stable.restoreFiles();
            stable.up(before.get());
            site.awaitStart(SlotName.STABLE);
        } else {
            stable.restoreFiles();
        }
        retreat.toStable();
    }

    private void raise() throws Exception {
        while (traffic.weights().values().stream().anyMatch(weights -> weights.stable() > 0)) {
            Map<String, Weights> next = new LinkedHashMap<>();
            traffic.weights().forEach((service, now) -> next.put(service, above(now)));
            traffic.apply(next);
            traffic.soak(Soak.inPassing(site.plan()), SlotName.CANARY);
        }
    }

    private void replaceStable(Release release) throws Exception {
        traffic.clear(SlotName.STABLE);
        stable.checkout(release);
        stable.writeKeptEnv(release);
        stable.requireSafe();
        replacing = true;
        stable.up(release);
        site.awaitStart(SlotName.STABLE);
    }

    private void lower() throws Exception {
        List<Weights> steps = new ArrayList<>();
        for (Weights at = new Weights(1000, 0); at.canary() > 0; at = below(at)) {
            steps.add(at);
        }
        for (Weights step : steps.subList(1, steps.size())) {
            traffic.apply(traffic.ofAll(step));
            traffic.soak(Soak.inPassing(site.plan()), SlotName.STABLE);
        }
    }

    private void free() throws Exception {
        if (site.plan().idleSlot() == IdleSlot.STOP) {
            traffic.leave(SlotName.CANARY);
            retreat.stopIdle();
        } else {
            traffic.apply(traffic.ofAll(Weights.MINIMUM));
            traffic.soak(Soak.untilProved(), SlotName.STABLE);
        }
    }

    private Weights above(Weights now) {
        int next = site.plan().promote().steps().stream().map(share -> Weights.ofShare(share).canary())
                .filter(step -> step > now.canary()).min(Integer::compare)
                .orElse(site.plan().promote().steps().isEmpty() ? Math.min(1000, now.canary() + STEP) : 1000);
        return new Weights(next, 1000 - next);
    }

    private Weights below(Weights now) {
        int next = site.plan().promote().steps().stream().map(share -> Weights.ofShare(share).canary())
                .filter(step -> step < now.canary()).max(Integer::compare)
                .orElse(site.plan().promote().steps().isEmpty() ? Math.max(0, now.canary() - STEP) : 0);
        return new Weights(next, 1000 - next);
    }
}
