package io.jenkins.plugins.canary.plan;

import java.util.Locale;

public enum SlotName {
    STABLE,
    CANARY;

    /** As it is written in plans, file names and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public SlotName other() {
        return this == STABLE ? CANARY : STABLE;
    }
}
