package io.jenkins.plugins.canary.plan;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of rollout, by the names that users type. */
public enum DeployType {
    STABLE("stable"),
    CANARY_MANUAL("canary-manual"),
    CANARY_AUTO("canary-auto"),
    PROMOTE_CANARY("promote-canary"),
    ROLLBACK("rollback");

    private final String label;

    DeployType(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<DeployType> of(String label) {
        return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
    }
}
