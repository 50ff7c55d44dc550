package io.jenkins.plugins.canary.event;

import io.jenkins.plugins.canary.event.Event.Type;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The only way out of the engine for text: masks every event, then hands it to each sink. */
public final class Events {

    private final Secrets secrets;
    private final List<Sink> sinks;
    private final Clock clock;
    private volatile State state = State.PENDING;
    private volatile String rollout = "";

    public Events(Secrets secrets, List<Sink> sinks, Clock clock) {
        this.secrets = secrets;
        this.sinks = List.copyOf(sinks);
        this.clock = clock;
    }

    public Secrets secrets() {
        return secrets;
    }

    public State state() {
        return state;
    }

    /**
     * Says which rollout the events from now on are of.
     *
     * @param name as in the journal, or empty for none
     */
    public void rollout(String name) {
        rollout = name;
    }

    /** Says that the rollout is in another state from now on. Whether it may be is the rollout's to know. */
    public void state(State next, String message) {
        state = next;
        tell(Type.STATE, message, Map.of());
    }

    public void done(String message) {
        tell(Type.DONE, message, Map.of());
    }

    public void warning(String message) {
        tell(Type.WARNING, message, Map.of());
    }

    public void failure(String message) {
        tell(Type.FAILURE, message, Map.of());
    }

    public synchronized void tell(Type type, String message, Map<String, ?> facts) {
        Event event = new Event(clock.instant(), rollout, state, type, secrets.mask(message), masked(facts));
        for (Sink sink : sinks) {
            sink.accept(event);
        }
    }

    private Map<String, Object> masked(Map<String, ?> facts) {
        Map<String, Object> masked = new LinkedHashMap<>();
        facts.forEach((key, value) -> masked.put(key, masked(value)));
        return masked;
    }

    private Object masked(Object value) {
        if (value instanceof String text) {
            return secrets.mask(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::masked).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, inner) -> copy.put(secrets.mask(String.valueOf(key)), masked(inner)));
            return copy;
        }
        return value;
    }
}
