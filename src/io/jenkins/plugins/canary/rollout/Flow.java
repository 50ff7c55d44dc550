package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.release.Release;
import java.util.Map;
import java.util.Optional;

/** One kind of rollout: the way forward as a list of steps, and the way back from wherever it stopped. */
interface Flow {

    /** What whoever goes on with it must know: texts, numbers, maps of them. */
    Map<String, Object> request();

    /**
     * Checks what can be checked before the app is leased.
     *
     * @throws Refused it can't be done as things stand
     */
    void check() throws Exception;

    /**
     * Goes the whole way; the app is leased, and the state is VALIDATING.
     *
     * @return the state that it ends in
     * @throws Refused it can't be done as things stand
     * @throws Exception any other reason to turn back
     */
    State run() throws Exception;

    /**
     * Goes on where an earlier process stopped.
     *
     * @return as {@link #run}
     */
    State resume(Unfinished left) throws Exception;

    /** Recalls how far an earlier process came, so that {@link #turnBack} finds the way back from there. */
    void recall(Unfinished left) throws Exception;

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

    /** The release that it is about, as soon as that is known. */
    Optional<Release> release();

    /** The release that has no requests any more when it was turned back, or did so itself. */
    default Optional<Release> rolledBack() {
        return release();
    }

    /** Why it holds where it is, where that is before its last step. */
    default Optional<String> stoppedBecause() {
        return Optional.empty();
    }

    /** Whether what is held at its end is watched. */
    default boolean isWatched() {
        return false;
    }

    /** What to tell a person at the end, in one paragraph. */
    String summary(State end);
}
