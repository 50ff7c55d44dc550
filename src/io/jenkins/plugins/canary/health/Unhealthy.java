package io.jenkins.plugins.canary.health;

/** A service does not work: its last answer and the end of its log are in the message. */
public final class Unhealthy extends Exception {

    public Unhealthy(String message) {
        super(message);
    }
}
