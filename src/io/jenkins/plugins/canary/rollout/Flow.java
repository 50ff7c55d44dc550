package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import java.util.Optional;

/** One kind of rollout: the way forward as a list of steps, and the way back from wherever it stopped. */
interface Flow {

    /**
     * Goes the whole way.
     *
     * @return the state that it ends in
     * @throws Refused it can't be done as things stand
     * @throws Exception any other reason to turn back
     */
    State run() throws Exception;

    /** Whether traffic or containers may be other than before. Until then a failure is a refusal. */
    boolean hasChangedAnything();

    /** Puts back what was made ready but never used, so that all is as before. */
    void putBack() throws Exception;

    /**
     * Brings all traffic back to a release that works, proved like a way forward.
     *
     * @throws Exception it could not; where traffic is then is for a person to see
     */
    void turnBack() throws Exception;

    /** Where requests go after {@link #turnBack}, in words. */
    default String turnedBackTo() {
        return "the stable slot serves everyone";
    }

    /** The commit that it is about, as soon as that is known. */
    Optional<String> commit();

    /** What to tell a person at the end, in one paragraph. */
    String summary(State end);
}
