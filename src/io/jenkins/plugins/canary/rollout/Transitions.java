package io.jenkins.plugins.canary.rollout;

import static io.jenkins.plugins.canary.event.State.DEPLOYING;
import static io.jenkins.plugins.canary.event.State.FAILED;
import static io.jenkins.plugins.canary.event.State.HOLDING;
import static io.jenkins.plugins.canary.event.State.PENDING;
import static io.jenkins.plugins.canary.event.State.PREPARING;
import static io.jenkins.plugins.canary.event.State.PROMOTING;
import static io.jenkins.plugins.canary.event.State.REFUSED;
import static io.jenkins.plugins.canary.event.State.ROLLED_BACK;
import static io.jenkins.plugins.canary.event.State.ROLLING_BACK;
import static io.jenkins.plugins.canary.event.State.SHIFTING;
import static io.jenkins.plugins.canary.event.State.SUCCEEDED;
import static io.jenkins.plugins.canary.event.State.VALIDATING;

import io.jenkins.plugins.canary.event.State;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** From which state a rollout may go to which. */
final class Transitions {

    private static final Map<State, Set<State>> ALLOWED = Map.ofEntries(
            Map.entry(PENDING, EnumSet.of(VALIDATING, REFUSED)),
            // A rollout that is asked for may be: another share, a promotion, a rollback, a deployment.
            Map.entry(VALIDATING, EnumSet.of(PREPARING, SHIFTING, PROMOTING, ROLLING_BACK, REFUSED)),
            // Whose containers run already is shifted, or has nothing left to do.
            Map.entry(PREPARING, EnumSet.of(DEPLOYING, SHIFTING, HOLDING, SUCCEEDED, ROLLING_BACK, REFUSED)),
            Map.entry(DEPLOYING, EnumSet.of(SHIFTING, PROMOTING, ROLLING_BACK)),
            Map.entry(SHIFTING, EnumSet.of(HOLDING, SUCCEEDED, ROLLING_BACK)),
            // Only of one that is watched.
            Map.entry(HOLDING, EnumSet.of(ROLLING_BACK)),
            Map.entry(PROMOTING, EnumSet.of(SUCCEEDED, ROLLED_BACK, ROLLING_BACK)),
            Map.entry(ROLLING_BACK, EnumSet.of(ROLLED_BACK, PREPARING, FAILED, REFUSED)),
            Map.entry(SUCCEEDED, EnumSet.noneOf(State.class)),
            Map.entry(ROLLED_BACK, EnumSet.noneOf(State.class)),
            Map.entry(REFUSED, EnumSet.noneOf(State.class)),
            Map.entry(FAILED, EnumSet.noneOf(State.class)));

    private Transitions() {}

    /** Whether a rollout in this state is over. */
    static boolean isEnd(State state) {
        return state == HOLDING || ALLOWED.get(state).isEmpty();
    }

    /** @throws IllegalStateException the transition is not in the table */
    static void require(State from, State to) {
        if (!ALLOWED.get(from).contains(to)) {
            throw new IllegalStateException("a rollout can't go from " + from + " to " + to);
        }
    }
}
