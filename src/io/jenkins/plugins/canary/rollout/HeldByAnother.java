package io.jenkins.plugins.canary.rollout;

/** Another rollout holds the app. */
final class HeldByAnother extends Exception {

    HeldByAnother(String message) {
        super(message);
    }
}
