package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Release;
import java.util.Map;
import java.util.Optional;

/** {@code rollback}: away from a held canary, or after a promotion back to the release before. */
final class Rollback implements Flow {

    private final Site site;
    private final boolean gradual;
    private final Traffic traffic;
    private final CanarySlot slot;
    private final Handover handover;
    private final Retreat retreat;
    private Optional<Release> left = Optional.empty();
    private Optional<Release> previous = Optional.empty();
    private boolean started;
    private boolean handingOver;

    Rollback(Site site, Traffic traffic, boolean gradual) {
        this.site = site;
        this.gradual = gradual;
        this.traffic = traffic;
        this.slot = new CanarySlot(site, traffic);
        this.handover = new Handover(site, traffic);
        this.retreat = new Retreat(site, traffic);
    }

    @Override
    public Map<String, Object> request() {
        return Map.of("gradual", gradual);
    }

    /** Nothing: whoever wants to get away from a canary must not be kept by what a new release would need. */
    @Override
    public void check() {}

    @Override
    public State resume(Unfinished left) throws Exception {
        if (left.mayHaveChangedAnything()) {
            recall(left);
        }
        if (left.flag("leavesCanary")) {
            leaveCanary();
        } else if (handingOver && slot.known().isPresent()) {
            handover.resume(left, slot.release());
            site.remember(site.memory().wentBackTo(slot.release()));
        } else {
            // No traffic has moved yet, so what it is to leave is still to be seen.
            return run();
        }
        return State.ROLLED_BACK;
    }

    @Override
    public void recall(Unfinished left) throws Exception {
        started = true;
        handingOver = left.text("handover").isPresent();
        slot.recall(left);
        handover.recall(left);
    }

    @Override
    public State run() throws Exception {
        boolean canaryServes = traffic.weights().values().stream().anyMatch(Weights::canaryHasUsers);
        if (canaryServes) {
            leaveCanary();
        } else {
            site.preflightWithoutSource();
            goBackToPrevious();
        }
        return State.ROLLED_BACK;
    }

    private void leaveCanary() throws Exception {
        left = site.memory().canary();
        site.enter(State.ROLLING_BACK, "sending all requests to the stable slot");
        site.stage("leave the canary", Map.of("leavesCanary", true));
        started = true;
        if (gradual) {
            retreat.graduallyToStable();
        } else {
            retreat.toStable();
        }
        retreat.stopIdle();
        site.remember(site.memory().withCanary(Optional.empty()).withPromoted(false));
    }

    private void goBackToPrevious() throws Exception {
        left = site.memory().stable();
        previous = site.memory().kept().stream().findFirst();
        if (previous.isEmpty()) {
            throw new Refused("there is nothing to go back to: no canary has a share, and no earlier release of "
                    + site.plan().app() + " is kept. Deploy the commit you want: canary deploy --type stable --commit"
                    + " SHA");
        }
        if (!site.deployment(SlotName.CANARY).isKept(previous.get())) {
            throw new Refused("release " + previous.get().title() + " can't be gone back to: its images are gone."
                    + " Deploy it anew: canary deploy --type stable --commit " + previous.get().commit());
        }
        site.enter(State.ROLLING_BACK, "going back to " + previous.get().title());
        slot.prepareAgain(previous.get());
        started = true;
        slot.start();
        handingOver = true;
        handover.run(slot.release());
        site.remember(site.memory().wentBackTo(slot.release()));
    }

    @Override
    public boolean hasChangedAnything() {
        return started || slot.hasChangedAnything();
    }

    @Override
    public void putBack() throws Exception {
        slot.putBack();
    }

    @Override
    public void turnBack() throws Exception {
        if (handingOver) {
            handover.turnBack();
        } else {
            retreat.toStable();
        }
        slot.retire();
        retreat.stopIdle();
    }

    @Override
    public Optional<Release> release() {
        return previous.or(() -> site.memory().stable());
    }

    @Override
    public Optional<Release> rolledBack() {
        return left;
    }

    @Override
    public String summary(State end) {
        return left.map(release -> release.title() + " has no traffic any more; ").orElse("")
                + previous.or(() -> site.memory().stable()).map(Release::title).orElse("the stable slot")
                + " serves everyone";
    }
}
