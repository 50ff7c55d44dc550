package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan.IdleSlot;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.release.Release;
import java.util.LinkedHashMap;
import java.util.Locale;
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

    /** The parts of it, in their order. */
    private enum Stage {
        RAISE,
        REPLACE,
        LOWER,
        FREE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Stage of(Unfinished left) {
            return left.text("handover").map(label -> valueOf(label.toUpperCase(Locale.ROOT))).orElse(RAISE);
        }
    }

    void run(Release release) throws Exception {
        site.enter(State.PROMOTING, "handing all requests to " + Release.shortHash(release.commit()));
        runFrom(Stage.RAISE, release);
    }

    /** Goes on where an earlier process stopped; every stage may be done again. */
    void resume(Unfinished left, Release release) throws Exception {
        site.enter(State.PROMOTING, "going on with " + Release.shortHash(release.commit()));
        runFrom(Stage.of(left), release);
    }

    /** Recalls how far an earlier process came. */
    void recall(Unfinished left) {
        replacing = Stage.of(left).compareTo(Stage.REPLACE) >= 0;
    }

    private void runFrom(Stage from, Release release) throws Exception {
        for (Stage stage : Stage.values()) {
            if (stage.compareTo(from) >= 0) {
                site.stage(stage.label(), Map.of("handover", stage.label()));
                switch (stage) {
                    case RAISE -> raise();
                    case REPLACE -> {
                        if (stopsAtFull()) {
                            return;
                        }
                        replaceStable(release);
                    }
                    case LOWER -> lower();
                    case FREE -> free();
                }
            }
        }
    }

    /** Where the plan wants no more than the canary at 100 %. */
    private boolean stopsAtFull() throws Exception {
        if (!site.plan().promote().finalizes()) {
            traffic.apply(traffic.ofAll(new Weights(Weights.MINIMUM.stable(), Weights.MINIMUM.canary())));
            traffic.soak(Soak.untilProved(), SlotName.CANARY);
            site.remember(site.memory().withPromoted(true));
            return true;
        }
        return false;
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
        stable.requireSafe(release);
        replacing = true;
        stable.up(release);
        site.awaitStart(SlotName.STABLE);
    }

    private void lower() throws Exception {
        while (traffic.weights().values().stream().anyMatch(weights -> below(weights).canary() > 0)) {
            Map<String, Weights> next = new LinkedHashMap<>();
            traffic.weights().forEach((service, now) -> next.put(service, below(now)));
            traffic.apply(next);
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
