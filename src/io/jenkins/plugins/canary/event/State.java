package io.jenkins.plugins.canary.event;

/** Where a rollout is. The last three are its ends. */
public enum State {
    PENDING,
    VALIDATING,
    PREPARING,
    DEPLOYING,
    SHIFTING,
    HOLDING,
    PROMOTING,
    ROLLING_BACK,
    SUCCEEDED,
    ROLLED_BACK,
    /** Outcome unknown, or the rollback failed: a person must look. */
    FAILED
}
