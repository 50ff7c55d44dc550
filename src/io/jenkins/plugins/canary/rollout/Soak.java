package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.plan.Plan;
import java.time.Duration;

/**
 * How a share is watched.
 *
 * @param time how long at least
 * @param most how long at most, where what must be seen has not been seen by then
 * @param minRequests how many requests the canary must have answered
 */
record Soak(Duration time, Duration most, int minRequests) {

    /** The samples that prove a share take no longer than this at the plan's default rate. */
    private static final Duration SAMPLING = Duration.ofSeconds(60);

    /** A step of the ramp. */
    static Soak ofStep(Plan plan) {
        Duration time = plan.rollout().soak();
        Duration most = plan.rollout().maxSoak();
        return new Soak(time, time.compareTo(most) > 0 ? time : most, plan.rollout().minRequests());
    }

    /** On the way to or from 100 %: only as long as the plan says. The end of the way is proved for itself. */
    static Soak inPassing(Plan plan) {
        return new Soak(plan.promote().soak(), plan.promote().soak(), 0);
    }

    /** Only until the share is proved. */
    static Soak untilProved() {
        return new Soak(Duration.ZERO, SAMPLING, 0);
    }
}
