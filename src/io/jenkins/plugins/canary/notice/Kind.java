package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.event.State;

/** The ends of a rollout that need words of their own. */
enum Kind {
    SUCCEEDED("succeeded", Kind.GREEN),
    /** The canary has all requests for good and the stable slot is as it was. */
    AT_FULL("atFull", Kind.AMBER),
    SHARES("shares", Kind.GREEN),
    HOLDING("holding", Kind.AMBER),
    /** A held canary was watched, and now nobody does. */
    WATCH_OVER("watchOver", Kind.AMBER),
    WENT_BACK("wentBack", Kind.AMBER),
    ROLLED_BACK("rolledBack", Kind.RED),
    REFUSED("refused", Kind.RED),
    BUSY("busy", Kind.GREY),
    TAKEN_OVER("takenOver", Kind.RED),
    MUST_LOOK("mustLook", Kind.RED);

    private static final String GREEN = "#2e7d32";
    private static final String AMBER = "#f9a825";
    private static final String RED = "#c62828";
    private static final String GREY = "#757575";

    private final String key;
    private final String colour;

    Kind(String key, String colour) {
        this.key = key;
        this.colour = colour;
    }

    /** What its texts' keys begin with. */
    String key() {
        return key;
    }

    String colour() {
        return colour;
    }

    /** Whether nothing came of it: then there is less to tell. */
    boolean isBrief() {
        return this == REFUSED || this == BUSY;
    }

    /** @param afterWatch whether people were told before that the canary is held and watched */
    static Kind of(RolloutFacts rollout, boolean afterWatch) {
        return switch (rollout.exitCode()) {
            case 0 -> afterWatch && rollout.state() == State.HOLDING ? WATCH_OVER : done(rollout);
            case 1 -> ROLLED_BACK;
            case 3 -> REFUSED;
            case 4 -> rollout.state() == State.REFUSED ? BUSY : TAKEN_OVER;
            default -> MUST_LOOK;
        };
    }

    private static Kind done(RolloutFacts rollout) {
        if (rollout.setsShares()) {
            return SHARES;
        }
        return switch (rollout.state()) {
            case HOLDING -> HOLDING;
            case ROLLED_BACK -> WENT_BACK;
            default -> rollout.canaryHasAll() ? AT_FULL : SUCCEEDED;
        };
    }
}
