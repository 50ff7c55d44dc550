package io.jenkins.plugins.canary.preflight;

/**
 * Something that a check found, and what to do about it.
 *
 * @param blocks whether a rollout can't start like this; otherwise it is advice
 */
public record Finding(boolean blocks, String text) {

    static Finding blocking(String text) {
        return new Finding(true, text);
    }

    static Finding advice(String text) {
        return new Finding(false, text);
    }
}
