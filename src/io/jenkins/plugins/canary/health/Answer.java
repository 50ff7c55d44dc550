package io.jenkins.plugins.canary.health;

import io.jenkins.plugins.canary.plan.Plan.Health;

/**
 * What one health request gave.
 *
 * @param status the HTTP status, or 0 where none came
 * @param text the body, or what went wrong
 */
record Answer(int status, String text) {

    private static final int SHOWN = 200;

    static Answer none(String reason) {
        return new Answer(0, reason);
    }

    boolean healthy(Health wanted) {
        return status == wanted.status() && wanted.text().map(text::contains).orElse(true);
    }

    /** For a message: what came, beside what was wanted. */
    String against(Health wanted) {
        String start = text.strip().length() > SHOWN ? text.strip().substring(0, SHOWN) + "…" : text.strip();
        if (status == 0) {
            return "no answer (" + start + ")";
        }
        return "status " + status + (start.isEmpty() ? "" : " \"" + start + "\"") + " instead of " + wanted.status()
                + wanted.text().map(text -> " with \"" + text + "\"").orElse("");
    }
}
