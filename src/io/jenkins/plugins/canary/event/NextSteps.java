package io.jenkins.plugins.canary.event;

import java.io.Serializable;

/**
 * How whoever started a rollout goes on from a held canary: a command, or what to choose in Jenkins. Each is read after
 * a colon.
 *
 * @param promote how to promote it, such as {@code canary promote --plan canary.yml}
 * @param rollback how to send it back
 */
public record NextSteps(String promote, String rollback) implements Serializable {

    /** Both, as a sentence. */
    public String sentence() {
        return "Promote it: " + promote + "; send it back: " + rollback + ".";
    }
}
