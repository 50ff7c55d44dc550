package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.plan.DeployType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The facts of an outcome, as the engine tells them to programs. A text that is not there is empty. */
final class RolloutFacts {

    private static final String WEIGHTS = "weights";
    private static final String RESUME = "resume";
    private static final int SHORT_HASH = 9;

    /** Only the idle minimum of one slot is left to the other one. */
    private static final double ALL = 99.9;

    private final State state;
    private final Map<String, Object> facts;

    RolloutFacts(Event event) {
        this.state = event.state();
        this.facts = new LinkedHashMap<>(event.facts());
        facts.put("rollout", event.rollout());
    }

    /** Whether it was to change something: who only looked tells nobody. */
    boolean areOfAChange() {
        String action = text("action");
        return DeployType.of(action).isPresent() || action.equals(WEIGHTS) || action.equals(RESUME);
    }

    State state() {
        return state;
    }

    int exitCode() {
        return (int) number("exitCode");
    }

    boolean setsShares() {
        return text("action").equals(WEIGHTS);
    }

    boolean isWatched() {
        return Boolean.TRUE.equals(facts.get("watched"));
    }

    /** @param name of one of the facts that are texts */
    String text(String name) {
        return facts.get(name) instanceof String text ? text : "";
    }

    /** {@code 1a2b3c4d5 "Fix the cart"}. */
    String commit() {
        String hash = text("commit");
        String subject = text("subject");
        return hash.substring(0, Math.min(SHORT_HASH, hash.length())) + (subject.isEmpty() ? "" : " \"" + subject + "\"");
    }

    Duration took() {
        return Duration.ofMillis(Math.round(number("seconds") * 1000));
    }

    /** The canary's shares in percent by service, when it began. */
    Map<String, Double> sharesBefore() {
        return shares(facts.get("sharesBefore"));
    }

    /** The same at the end. */
    Map<String, Double> sharesAfter() {
        Map<String, Double> shares = new LinkedHashMap<>();
        if (facts.get("services") instanceof Map<?, ?> services) {
            services.forEach((service, served) -> {
                if (served instanceof Map<?, ?> each && each.get("share") instanceof Number share) {
                    shares.put(String.valueOf(service), share.doubleValue());
                }
            });
        }
        return shares;
    }

    boolean canaryHasAll() {
        Map<String, Double> shares = sharesAfter();
        return !shares.isEmpty() && shares.values().stream().allMatch(share -> share >= ALL);
    }

    private static Map<String, Double> shares(Object value) {
        Map<String, Double> shares = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((service, share) -> shares.put(String.valueOf(service), ((Number) share).doubleValue()));
        }
        return shares;
    }

    private double number(String name) {
        return facts.get(name) instanceof Number number ? number.doubleValue() : 0;
    }
}
