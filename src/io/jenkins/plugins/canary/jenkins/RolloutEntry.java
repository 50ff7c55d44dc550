package io.jenkins.plugins.canary.jenkins;

import java.time.Instant;

/** One rollout of a build. */
public final class RolloutEntry {

    private final int number;
    private final String step;
    private final long started;

    RolloutEntry(int number, String step, long started) {
        this.number = number;
        this.step = step;
        this.started = started;
    }

    public int getNumber() {
        return number;
    }

    String started() {
        return Instant.ofEpochMilli(started).toString();
    }
}
