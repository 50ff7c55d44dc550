package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the edge remembers of an app between rollouts.
 *
 * @param state how the last one ended
 * @param stable what runs in the stable slot, if that is known
 * @param canary what runs in the canary slot, if anything does
 * @param kept earlier releases of the stable slot that can be gone back to, the newest first
 * @param promoted whether the canary has all traffic for good ({@code promote.finalize: false})
 * @param by who did the last one
 * @param at when it ended
 */
record Memory(
        State state,
        Optional<Release> stable,
        Optional<Release> canary,
        List<Release> kept,
        boolean promoted,
        String by,
        Instant at) {

    static final Memory NONE =
            new Memory(State.PENDING, Optional.empty(), Optional.empty(), List.of(), false, "", Instant.EPOCH);

    Memory {
        kept = List.copyOf(kept);
    }

    Memory withStable(Optional<Release> release) {
        return new Memory(state, release, canary, kept, promoted, by, at);
    }

    Memory withCanary(Optional<Release> release) {
        return new Memory(state, stable, release, kept, promoted, by, at);
    }

    Memory withPromoted(boolean promoted) {
        return new Memory(state, stable, canary, kept, promoted, by, at);
    }

    Memory ended(State state, String by, Instant at) {
        return new Memory(state, stable, canary, kept, promoted, by, at);
    }

    /**
     * The stable slot got another release.
     *
     * @param most how many releases are kept, the new one counted
     */
    Memory replacedStable(Release next, int most) {
        List<Release> earlier = new ArrayList<>();
        stable.filter(old -> !old.commit().equals(next.commit())).ifPresent(earlier::add);
        kept.stream().filter(old -> !old.commit().equals(next.commit())
                && earlier.stream().noneMatch(newer -> newer.commit().equals(old.commit()))).forEach(earlier::add);
        return new Memory(state, Optional.of(next), canary, earlier.subList(0, Math.min(most - 1, earlier.size())),
                promoted, by, at);
    }

    /** The stable slot went back to an earlier release: what it leaves is not one to go back to. */
    Memory wentBackTo(Release previous) {
        return new Memory(state, Optional.of(previous), canary,
                kept.stream().filter(old -> !old.commit().equals(previous.commit())).toList(), promoted, by, at);
    }

    /** Every release whose images must stay. */
    List<Release> needed() {
        List<Release> needed = new ArrayList<>(kept);
        stable.ifPresent(needed::add);
        canary.ifPresent(needed::add);
        return needed;
    }
}
