package io.jenkins.plugins.canary.event;

/** Where a rollout is. HOLDING and the last four are its ends. */
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
    /** It could not begin; nothing was changed. */
    REFUSED,
    /** Outcome unknown, or the rollback failed: a person must look. */
    FAILED
}
