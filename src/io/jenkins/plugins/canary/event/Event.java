package io.jenkins.plugins.canary.event;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that happened in a rollout. It leaves the engine only through {@link Events}, which masks it.
 *
 * @param time when, by this machine's clock
 * @param rollout the name that the rollout has in the journal and on its backups too; empty as long as it has none
 * @param state where the rollout was
 * @param type what kind of thing
 * @param message one line or more for a person
 * @param facts the same for a program: texts, numbers, booleans, lists and maps of them
 */
public record Event(Instant time, String rollout, State state, Type type, String message, Map<String, Object> facts) {

    public enum Type {
        /** The rollout went from one state to another. */
        STATE,
        /** A piece of work was done. */
        DONE,
        /** Shares were applied and proved. */
        SHARE,
        /** Requests were sampled. */
        OBSERVED,
        /** A slot's health was checked and is good. */
        HEALTH,
        /** Time goes by in a soak. */
        PROGRESS,
        /** Something a person should know, the rollout goes on. */
        WARNING,
        /** Why the rollout turns back or ends badly. */
        FAILURE,
        /** The last event: the outcome. */
        OUTCOME
    }

    public Event {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
