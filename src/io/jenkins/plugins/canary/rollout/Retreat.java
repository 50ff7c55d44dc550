package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan.IdleSlot;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The way back: all requests to the stable slot, if it works. */
final class Retreat {

    private final Site site;
    private final Traffic traffic;

    Retreat(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
    }

    /** The stable slot does not work, so traffic was left where it is. */
    static final class Frozen extends Exception {

        Frozen(Unhealthy why) {
            super("traffic was left as it is, because the stable slot does not work either: " + why.getMessage(), why);
        }
    }

    /** Sends all requests to the stable slot and proves it. */
    void toStable() throws Exception {
        boolean canaryServes = traffic.weights().values().stream().anyMatch(weights -> weights.canary() > 0);
        if (canaryServes) {
            requireStable();
            traffic.leave(SlotName.CANARY);
        }
    }

    /** The same by the lower ones of the plan's steps, with a short soak at each. */
    void graduallyToStable() throws Exception {
        requireStable();
        List<Double> steps = new ArrayList<>(site.plan().rollout().steps());
        for (int i = steps.size() - 1; i >= 0; i--) {
            Map<String, Weights> lower = new LinkedHashMap<>();
            Weights step = Weights.ofShare(steps.get(i));
            traffic.weights().forEach((service, now) -> lower.put(service, now.canary() > step.canary() ? step : now));
            if (!lower.equals(traffic.weights())) {
                traffic.apply(lower);
                traffic.soak(Soak.inPassing(site.plan()), SlotName.STABLE);
            }
        }
        toStable();
    }

    /** Stops the canary's containers where the plan wants that of a slot without traffic. */
    void stopIdle() throws Exception {
        if (site.plan().idleSlot() == IdleSlot.STOP) {
            traffic.clear(SlotName.CANARY);
            site.deployment(SlotName.CANARY).stop();
        }
    }

    private void requireStable() throws Exception {
        try {
            site.requireHealthy(SlotName.STABLE);
        } catch (Unhealthy e) {
            throw new Frozen(e);
        }
    }
}
