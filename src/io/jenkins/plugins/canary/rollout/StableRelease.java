package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.release.Release;
import java.util.Map;
import java.util.Optional;

/** {@code stable}: a release for everyone without a ramp, by way of the canary slot; the very first one directly. */
final class StableRelease implements Flow {

    private final Site site;
    private final DeployRequest request;
    private final Traffic traffic;
    private final CanarySlot slot;
    private final Handover handover;
    private final Retreat retreat;
    private final Deployment first;
    private Release release;
    private boolean isFirst;
    private boolean startedFirst;
    private boolean handingOver;
    private boolean wasThere;

    StableRelease(Site site, Traffic traffic, DeployRequest request) {
        this.site = site;
        this.request = request;
        this.traffic = traffic;
        this.slot = new CanarySlot(site, traffic);
        this.handover = new Handover(site, traffic);
        this.retreat = new Retreat(site, traffic);
        this.first = site.deployment(SlotName.STABLE);
    }

    @Override
    public Map<String, Object> request() {
        return request.facts();
    }

    @Override
    public void check() throws Exception {
        site.preflight(request.commit());
    }

    @Override
    public State resume(Unfinished left) throws Exception {
        if (left.mayHaveChangedAnything()) {
            recall(left);
        }
        request.requireEnv(left);
        if (left.state() != State.PROMOTING || slot.known().isEmpty()) {
            return run();
        }
        release = slot.release();
        handover.resume(left, release);
        return rememberStable();
    }

    @Override
    public void recall(Unfinished left) throws Exception {
        isFirst = left.flag("first");
        handingOver = left.text("handover").isPresent();
        slot.recall(left);
        handover.recall(left);
    }

    @Override
    public State run() throws Exception {
        isFirst = site.memory().stable().isEmpty() && !site.healthyNow(SlotName.STABLE) && first.adopt().isEmpty();
        if (isFirst) {
            startFirst();
        } else {
            slot.choose(request.commit());
            release = slot.release();
            if (new AlreadyThere(site, traffic).asStable(release, request.env())) {
                wasThere = true;
                site.enter(State.SUCCEEDED, "already there");
                return State.SUCCEEDED;
            }
            slot.prepare(request.env());
            slot.start();
            release = slot.release();
            handingOver = true;
            handover.run(release);
        }
        return rememberStable();
    }

    private State rememberStable() throws Exception {
        if (isFirst || site.plan().promote().finalizes()) {
            site.remember(site.memory().replacedStable(release, site.plan().keepReleases()));
            first.prune(site.memory().needed());
        }
        return State.SUCCEEDED;
    }

    /** Nothing serves yet, so there is nothing to protect: no way round by the canary slot. */
    private void startFirst() throws Exception {
        site.enter(State.PREPARING, "preparing the first release");
        release = first.fetch(request.commit());
        site.stage("release", Map.of("commit", release.commit(), "first", true));
        first.checkout(release);
        first.writeEnv(request.env(), release);
        first.requireSafe(release);
        site.enter(State.DEPLOYING, "starting " + Release.shortHash(release.commit()) + " in the stable slot");
        startedFirst = true;
        release = first.up(release);
        site.awaitStart(SlotName.STABLE);
        site.enter(State.SHIFTING, "sending all requests to the stable slot");
        traffic.apply(traffic.ofAll(new Weights(0, 1000)));
    }

    @Override
    public boolean hasChangedAnything() {
        return startedFirst || slot.hasChangedAnything();
    }

    @Override
    public void putBack() throws Exception {
        slot.putBack();
        first.restoreFiles();
    }

    @Override
    public void turnBack() throws Exception {
        if (isFirst) {
            first.stop();
            first.restoreFiles();
            return;
        }
        if (handingOver) {
            handover.turnBack();
        } else {
            retreat.toStable();
        }
        slot.retire();
        retreat.stopIdle();
    }

    @Override
    public String turnedBackTo() {
        return isFirst ? "nothing runs, as before" : Flow.super.turnedBackTo();
    }

    @Override
    public Optional<Release> release() {
        return Optional.ofNullable(release).or(slot::known);
    }

    @Override
    public String summary(State end) {
        return (wasThere ? "already there: " : "") + release.title() + " is the stable release and serves everyone";
    }
}
