package io.jenkins.plugins.canary.event;

/** The rollout can't be done as things stand, and what serves users has not been changed. */
public final class Refused extends Exception {

    public Refused(String message) {
        super(message);
    }
}
