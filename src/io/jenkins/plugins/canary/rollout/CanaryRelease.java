package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.release.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code canary-auto} and {@code canary-manual}: a release beside the stable one, with a rising or a given share. */
final class CanaryRelease implements Flow {

    private final Site site;
    private final DeployRequest request;
    private final Traffic traffic;
    private final CanarySlot slot;
    private final Retreat retreat;
    private Optional<String> stoppedBecause = Optional.empty();
    private boolean wasThere;

    CanaryRelease(Site site, Traffic traffic, DeployRequest request) {
        this.site = site;
        this.request = request;
        this.traffic = traffic;
        this.slot = new CanarySlot(site, traffic);
        this.retreat = new Retreat(site, traffic);
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
    public State run() throws Exception {
        requireStable();
        slot.choose(request.commit());
        AlreadyThere already = new AlreadyThere(site, traffic);
        if (already.asStable(slot.release(), request.env())) {
            return endAsItWas(State.SUCCEEDED);
        }
        if (already.asCanary(slot.release(), request.env())) {
            return goOn();
        }
        slot.prepare(request.env());
        slot.start();
        return ramp(0);
    }

    /** Its containers stay; only a share that is not yet the wanted one changes. */
    private State goOn() throws Exception {
        Map<String, Weights> now = traffic.weights();
        List<Map<String, Weights>> steps = steps();
        int last = steps.size() - 1;
        if (now.equals(steps.get(last))) {
            return endAsItWas(State.HOLDING);
        }
        slot.keep();
        int next = 0;
        while (next < last && steps.get(next).entrySet().stream()
                .allMatch(step -> step.getValue().canary() <= now.get(step.getKey()).canary())) {
            next++;
        }
        return ramp(next);
    }

    private State endAsItWas(State end) throws Exception {
        wasThere = true;
        site.enter(end, "already there");
        return end;
    }

    @Override
    public State resume(Unfinished left) throws Exception {
        if (left.mayHaveChangedAnything()) {
            recall(left);
        }
        request.requireEnv(left);
        return left.state() == State.SHIFTING && slot.known().isPresent() ? ramp(left.number("step", 0)) : run();
    }

    @Override
    public void recall(Unfinished left) throws Exception {
        slot.recall(left);
    }

    private State ramp(int from) throws Exception {
        site.enter(State.SHIFTING, "moving requests to " + Release.shortHash(slot.release().commit()));
        List<Map<String, Weights>> steps = steps();
        try {
            for (int step = from; step < steps.size() && stoppedBecause.isEmpty(); step++) {
                site.stage("step " + (step + 1) + " of " + steps.size(), Map.of("step", step));
                stoppedBecause = reach(steps.get(step), Soak.ofStep(site.plan()))
                        .map(unseen -> "after rollout.maxSoak " + unseen);
            }
        } catch (Aborted e) {
            if (e.wish() != Wish.HOLD) {
                throw e;
            }
            site.abort().shield();
            traffic.apply(traffic.weights());
            stoppedBecause = Optional.of("it was stopped on request");
        }
        // Read once more: an edit by hand in the last soak is told too.
        traffic.weights();
        site.enter(State.HOLDING, "holding for a person");
        return State.HOLDING;
    }

    private void requireStable() throws Exception {
        try {
            site.requireHealthy(SlotName.STABLE);
        } catch (Unhealthy e) {
            throw new Refused("the stable slot does not work, so a canary could not be rolled back to it. " + e.getMessage()
                    + "\nDeploy it with type `stable` first.");
        }
    }

    /** Applies a step and soaks it; one that NGINX does not serve as its files say is applied again. */
    private Optional<String> reach(Map<String, Weights> step, Soak soak) throws Exception {
        for (int attempt = 1; ; attempt++) {
            traffic.apply(step);
            try {
                return traffic.soak(soak, SlotName.CANARY);
            } catch (Traffic.NotServed e) {
                if (attempt >= site.plan().rollout().attempts()) {
                    throw e;
                }
                site.events().warning(e.getMessage() + "; applying it again");
            }
        }
    }

    private List<Map<String, Weights>> steps() {
        List<Map<String, Weights>> steps = new ArrayList<>();
        if (request.shares().isEmpty()) {
            for (double share : site.plan().rollout().steps()) {
                steps.add(traffic.ofAll(Weights.ofShare(share)));
            }
        } else {
            Map<String, Weights> given = new LinkedHashMap<>();
            site.plan().services().keySet().forEach(service ->
                    given.put(service, Weights.ofShare(request.shares().getOrDefault(service, 0.0))));
            steps.add(given);
        }
        return steps;
    }

    @Override
    public boolean hasChangedAnything() {
        return slot.hasChangedAnything();
    }

    @Override
    public void putBack() throws Exception {
        slot.putBack();
    }

    @Override
    public void turnBack() throws Exception {
        retreat.toStable();
        slot.retire();
        retreat.stopIdle();
    }

    @Override
    public Optional<Release> release() {
        return slot.known();
    }

    @Override
    public Optional<String> stoppedBecause() {
        return stoppedBecause;
    }

    @Override
    public boolean isWatched() {
        return !site.plan().hold().watch().isZero();
    }

    @Override
    public String summary(State end) {
        String title = slot.release().title();
        String already = wasThere ? "already there: " : "";
        return switch (end) {
            case SUCCEEDED -> already + title + " is the stable release and serves everyone; nothing was changed";
            case HOLDING -> already + "canary " + title + " holds at " + shares()
                    + stoppedBecause.map(reason -> ", not at the last step: " + reason).orElse("")
                    + ". Nobody watches it from here on. " + site.next().sentence();
            default -> "canary " + title + " has no traffic; the stable slot serves everyone";
        };
    }

    private String shares() {
        Map<String, String> each = new LinkedHashMap<>();
        traffic.served().forEach((service, served) -> each.put(service, served.weights().share() + " %"));
        return each.values().stream().distinct().count() == 1 ? each.values().iterator().next() : each.toString();
    }
}
