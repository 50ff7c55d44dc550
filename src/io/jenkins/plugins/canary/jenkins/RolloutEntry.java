package io.jenkins.plugins.canary.jenkins;

import java.time.Instant;
import java.util.Date;

/** One rollout of a build. Kept in build.xml; what happened is in a file of its own. */
public final class RolloutEntry {

    private final int number;
    private final String step;
    /** Milliseconds since 1970. */
    private final long started;

    RolloutEntry(int number, String step, long started) {
        this.number = number;
        this.step = step;
        this.started = started;
    }

    /** From 1 on. */
    public int getNumber() {
        return number;
    }

    public String getStep() {
        return step;
    }

    public Date getStarted() {
        return new Date(started);
    }

    String started() {
        return Instant.ofEpochMilli(started).toString();
    }
}
