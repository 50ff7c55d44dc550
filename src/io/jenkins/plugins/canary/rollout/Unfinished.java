package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A rollout that stopped on the way, as its journal has it.
 *
 * @param rollout its name
 * @param action what it was to do
 * @param state the last one that it began
 * @param stage the last part of any state that it began, or empty
 * @param by who began it
 * @param since when, by the edge's clock
 * @param facts everything that was noted on the way, the newest of each name
 */
record Unfinished(
        String rollout, String action, State state, String stage, String by, String since, Map<String, Object> facts) {

    static Unfinished of(List<Journal.Entry> entries) {
        Map<String, Object> facts = new LinkedHashMap<>();
        State state = State.VALIDATING;
        String stage = "";
        for (Journal.Entry entry : entries) {
            if (entry.facts() != null) {
                facts.putAll(entry.facts());
            }
            switch (entry.kind()) {
                case BEGIN -> state = entry.state();
                case STAGE -> stage = entry.stage();
                default -> { }
            }
        }
        Journal.Entry first = entries.get(0);
        return new Unfinished(first.rollout(), first.action(), state, stage, first.by(), first.time(), facts);
    }

    Optional<String> text(String fact) {
        return Optional.ofNullable(facts.get(fact)).map(String::valueOf);
    }

    int number(String fact, int otherwise) {
        return facts.get(fact) instanceof Number number ? number.intValue() : otherwise;
    }

    boolean flag(String fact) {
        return Boolean.TRUE.equals(facts.get(fact));
    }

    Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        if (facts.get("shares") instanceof Map<?, ?> map) {
            map.forEach((service, share) -> shares.put(String.valueOf(service), ((Number) share).doubleValue()));
        }
        return shares;
    }

    /** Whether it may have changed anything; if not, it can still be refused. */
    boolean mayHaveChangedAnything() {
        return state != State.VALIDATING;
    }

    String describe() {
        return action + " by " + by + " since " + since + " stopped in " + state
                + (stage.isEmpty() ? "" : " (" + stage + ")");
    }
}
