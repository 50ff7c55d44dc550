package io.jenkins.plugins.canary.rollout;

/** Another rollout holds the app. */
final class HeldByAnother extends Exception {

    private final String build;

    /** @param build the address of the build that has it, or empty */
    HeldByAnother(String message, String build) {
        super(message);
        this.build = build;
    }

    String build() {
        return build;
    }
}
