package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan.OnNewRelease;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Deployment;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.release.Release;
import java.util.Map;
import java.util.Optional;

/** A new release going into the canary slot, up to where it is healthy and has no traffic yet. */
final class CanarySlot {

    private final Site site;
    private final Traffic traffic;
    private final Deployment deployment;
    private Release release;
    private Map<String, Weights> gaveWay = Map.of();
    private boolean changed;

    CanarySlot(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
        this.deployment = site.deployment(SlotName.CANARY);
    }

    /**
     * Settles which release it is about; what runs and what is checked out stay as they are.
     *
     * @param commit a hash, or empty for the newest of the plan's branch
     */
    void choose(Optional<String> commit) throws Exception {
        site.enter(State.PREPARING, "preparing the release");
        rememberStable();
        requireNotPromoted();
        release = deployment.fetch(commit);
        site.stage("release", Map.of("commit", release.commit()));
        site.events().tell(Type.DONE, "release " + release.title(), Map.of(
                "commit", release.commit(), "author", release.author(), "subject", release.subject()));
    }

    /**
     * Makes the chosen release ready: nothing that serves users changes but a canary that is there, which gives way.
     *
     * @param env its {@code .env}, or empty for the stable slot's
     */
    void prepare(Optional<EnvText> env) throws Exception {
        checkOut();
        deployment.writeEnv(env, release);
        deployment.requireSafe(release);
    }

    /** The same for a release that ran here before, with the {@code .env} that it had. */
    void prepareAgain(Release kept) throws Exception {
        choose(Optional.of(kept.commit()));
        checkOut();
        deployment.writeKeptEnv(release);
        deployment.requireSafe(release);
    }

    /** The chosen release runs here already, and stays. */
    void keep() {
        changed = true;
    }

    private void checkOut() throws Exception {
        requireFree();
        giveWay();
        deployment.checkout(release);
    }

    /** Starts the release and waits until it works. */
    void start() throws Exception {
        site.enter(State.DEPLOYING, "starting " + Release.shortHash(release.commit()) + " in the canary slot");
        changed = true;
        release = deployment.up(release);
        site.awaitStart(SlotName.CANARY);
        site.remember(site.memory().withCanary(Optional.of(release)));
    }

    /** Recalls the release that an earlier process put here. */
    void recall(Unfinished left) throws Refused {
        changed = true;
        release = site.memory().canary()
                .filter(canary -> left.text("commit").map(canary.commit()::equals).orElse(true))
                .orElse(null);
    }

    Release release() {
        return release;
    }

    /** The same as far as it is known. */
    Optional<Release> known() {
        return Optional.ofNullable(release);
    }

    boolean hasChangedAnything() {
        return changed;
    }

    /** Takes back what was made ready: the canary that gave way still runs, and gets its shares again. */
    void putBack() throws Exception {
        deployment.restoreFiles();
        if (!gaveWay.isEmpty()) {
            giveBack();
        }
    }

    /** Requests go nowhere without a look at the slot's health, to a canary that worked a minute ago either. */
    private void giveBack() throws Exception {
        try {
            for (var service : gaveWay.entrySet()) {
                if (service.getValue().canary() > 0) {
                    site.health(service.getKey(), SlotName.CANARY).check();
                }
            }
        } catch (Unhealthy e) {
            site.events().warning("the canary that gave way stays without requests, because it does not work any more: "
                    + e.getMessage());
            return;
        }
        traffic.apply(gaveWay);
    }

    /** The slot is out of use: nothing of a release that failed or was replaced goes on by itself. */
    void retire() throws Exception {
        deployment.restoreFiles();
        site.remember(site.memory().withCanary(Optional.empty()));
    }

    private void rememberStable() throws Refused, HostException {
        if (site.memory().stable().isEmpty()) {
            Optional<Release> running = site.deployment(SlotName.STABLE).adopt();
            if (running.isPresent()) {
                site.events().done("adopted what runs in the stable slot: " + running.get().title());
                site.remember(site.memory().withStable(running));
            }
        }
    }

    private void requireNotPromoted() throws Refused {
        if (site.memory().promoted()) {
            throw new Refused("the promoted release serves everyone from the canary slot, so nothing can be deployed"
                    + " there. Finish the promotion first: set `promote.finalize: true`, then: "
                    + site.next().promote() + ".");
        }
    }

    private void requireFree() throws Refused, HostException {
        boolean held = traffic.weights().values().stream().anyMatch(Weights::canaryHasUsers);
        if (held && site.plan().rollout().onNewRelease() == OnNewRelease.REFUSE) {
            throw new Refused("a canary is held"
                    + site.memory().canary().map(canary -> " (" + canary.title() + ")").orElse("")
                    + " and the plan says `onNewRelease: refuse`. Promote it or send it back first. "
                    + site.next().sentence());
        }
    }

    private void requireStable() throws Refused, HostException, Aborted {
        try {
            site.requireHealthy(SlotName.STABLE);
        } catch (Unhealthy e) {
            throw new Refused("the canary that is held can't give way, because the stable slot does not work. "
                    + e.getMessage() + "\nRepair it, or promote the canary: " + site.next().promote() + ".");
        }
    }

    private void giveWay() throws Exception {
        Map<String, Weights> now = traffic.weights();
        if (now.values().stream().anyMatch(Weights::canaryHasUsers)) {
            requireStable();
        }
        if (now.values().stream().anyMatch(weights -> weights.canary() > 0)) {
            gaveWay = now;
            site.events().done("the canary that was there gives way"
                    + site.memory().canary().map(canary -> ": " + canary.title()).orElse(""));
        }
        traffic.clear(SlotName.CANARY);
    }
}
