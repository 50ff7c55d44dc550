package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.Release;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Shares set by hand, and verified; containers stay as they are. */
final class WeightChange implements Flow {

    private final Site site;
    private final Traffic traffic;
    private final Map<String, Double> shares;
    private Map<String, Weights> before = Map.of();
    private boolean started;

    /** @param shares in percent; a service that is not named keeps its own */
    WeightChange(Site site, Traffic traffic, Map<String, Double> shares) {
        this.site = site;
        this.traffic = traffic;
        this.shares = shares;
    }

    @Override
    public Map<String, Object> request() {
        return Map.of("shares", shares);
    }

    /** Nothing beforehand: what matters is seen when NGINX's configuration is read. */
    @Override
    public void check() {}

    @Override
    public State resume(Unfinished left) throws Exception {
        return run();
    }

    @Override
    public void recall(Unfinished left) throws Exception {
        started = true;
        before = traffic.weights();
    }

    @Override
    public State run() throws Exception {
        before = traffic.weights();
        Map<String, Weights> wanted = new LinkedHashMap<>(before);
        shares.forEach((service, share) -> wanted.put(service, Weights.ofShare(share)));
        try {
            requireHealthy(before, wanted);
        } catch (Unhealthy e) {
            throw new Refused(e.getMessage() + "\nNo weight was changed.");
        }
        site.enter(State.SHIFTING, "setting shares");
        started = true;
        traffic.apply(wanted);
        Optional<String> unseen = traffic.soak(Soak.untilProved(), SlotName.STABLE);
        unseen.ifPresent(site.events()::warning);
        boolean canaryServes = wanted.values().stream().anyMatch(weights -> weights.canary() > 0);
        if (wanted.values().stream().anyMatch(Weights::canaryHasUsers)) {
            rememberCanary();
        }
        State end = canaryServes ? State.HOLDING : State.SUCCEEDED;
        site.enter(end, canaryServes ? "shares are set" : "all requests go to the stable slot");
        return end;
    }

    /** A canary that was rolled back and gets users again is one to promote. */
    private void rememberCanary() throws Exception {
        if (site.memory().canary().isEmpty()) {
            site.remember(site.memory().withCanary(site.deployment(SlotName.CANARY).adopt()));
        }
    }

    /** A slot that is to get requests must work: of others the request could be meant to get away from it. */
    private void requireHealthy(Map<String, Weights> from, Map<String, Weights> to) throws Exception {
        for (var entry : to.entrySet()) {
            for (SlotName slot : SlotName.values()) {
                if (Traffic.weightOf(slot, entry.getValue()) > Traffic.weightOf(slot, from.get(entry.getKey()))) {
                    site.health(entry.getKey(), slot).check();
                }
            }
        }
    }

    @Override
    public boolean hasChangedAnything() {
        return started;
    }

    @Override
    public void putBack() {
        // No file but NGINX's own is touched.
    }

    @Override
    public void turnBack() throws Exception {
        // A change that was not applied has left everything as it was, and another try would meet the same fault.
        Map<String, Weights> now = traffic.weights();
        if (!now.equals(before)) {
            requireHealthy(now, before);
            traffic.apply(before);
        }
    }

    @Override
    public String turnedBackTo() {
        return "the shares are as before";
    }

    @Override
    public Optional<Release> release() {
        return site.memory().canary().or(() -> site.memory().stable());
    }

    /** Nothing: a slot has other shares, not another release. */
    @Override
    public Optional<Release> rolledBack() {
        return Optional.empty();
    }

    @Override
    public String summary(State end) {
        Map<String, String> each = new LinkedHashMap<>();
        traffic.served().forEach((service, served) -> each.put(service, served.weights().share() + " %"));
        return "the canary's shares are " + each;
    }
}
