package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Release;
import java.util.Map;
import java.util.Optional;

/** {@code promote-canary}: the held canary becomes the stable release. */
final class Promotion implements Flow {

    private final Site site;
    private final Traffic traffic;
    private final Handover handover;
    private Release release;
    private boolean started;

    Promotion(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
        this.handover = new Handover(site, traffic);
    }

    @Override
    public Map<String, Object> request() {
        return Map.of();
    }

    @Override
    public void check() throws Exception {
        site.preflightWithoutSource();
    }

    @Override
    public State run() throws Exception {
        requireCanary();
        started = true;
        handover.run(release);
        rememberStable();
        return State.SUCCEEDED;
    }

    @Override
    public State resume(Unfinished left) throws Exception {
        if (left.state() != State.PROMOTING) {
            return run();
        }
        recall(left);
        handover.resume(left, release);
        rememberStable();
        return State.SUCCEEDED;
    }

    @Override
    public void recall(Unfinished left) throws Exception {
        started = true;
        release = site.memory().canary().orElse(null);
        handover.recall(left);
    }

    private void requireCanary() throws Exception {
        boolean serves = traffic.weights().values().stream().anyMatch(Weights::canaryHasUsers);
        Optional<Release> canary = site.memory().canary();
        if (canary.isEmpty()) {
            canary = site.deployment(SlotName.CANARY).adopt();
        }
        if (!serves || canary.isEmpty()) {
            throw new Refused("there is no canary to promote: no service of " + site.plan().app()
                    + " has a share. The deploy type canary-auto starts one.");
        }
        release = canary.get();
        try {
            site.requireHealthy(SlotName.CANARY);
        } catch (Unhealthy e) {
            throw new Refused("the canary can't be promoted as it does not work. " + e.getMessage()
                    + "\nSend it back: " + site.next().rollback());
        }
    }

    private void rememberStable() throws Exception {
        if (site.plan().promote().finalizes()) {
            site.remember(site.memory().withPromoted(false).replacedStable(release, site.plan().keepReleases()));
            site.deployment(SlotName.STABLE).prune(site.memory().needed());
        }
    }

    @Override
    public boolean hasChangedAnything() {
        return started;
    }

    @Override
    public void putBack() {
        // Nothing is made ready before traffic moves.
    }

    @Override
    public void turnBack() throws Exception {
        handover.turnBack();
        new Retreat(site, traffic).stopIdle();
        site.remember(site.memory().withCanary(Optional.empty()).withPromoted(false));
    }

    @Override
    public Optional<Release> release() {
        return Optional.ofNullable(release);
    }

    @Override
    public String summary(State end) {
        return site.plan().promote().finalizes()
                ? release.title() + " is the stable release and serves everyone; the canary slot is free"
                : release.title() + " serves everyone from the canary slot. Before the next release finish the promotion:"
                        + " set `promote.finalize: true`, then: " + site.next().promote() + ".";
    }
}
