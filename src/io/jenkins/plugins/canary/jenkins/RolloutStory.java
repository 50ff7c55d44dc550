package io.jenkins.plugins.canary.jenkins;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What happened in a rollout, read from the lines of its events. All texts are as they came: not escaped. */
final class RolloutStory {

    private final List<Moment> moments = new ArrayList<>();
    private final List<Split> splits = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, Sample> newest = new TreeMap<>();
    private final Map<String, String> release = new LinkedHashMap<>();
    private Optional<End> end = Optional.empty();
    private int unreadable;

    /** Something that happened. */
    record Moment(Instant time, State state, Type type, String message) {}

    /** From this time on NGINX had these shares, in percent by service. */
    record Split(Instant time, Map<String, Double> shares, long generation, boolean proved) {}

    /** What requests to a service showed: percent that went to the canary, with a 95 % interval. */
    record Sample(Instant time, String service, double live, double low, double high, int requests) {}

    /** The outcome. Shares that could not be read are left out. */
    record End(Moment moment, int exitCode, Map<String, Double> shares, int cut, double seconds) {}

    private RolloutStory() {}

    /** @param lines each one event as {@code JsonSink} writes it; others are counted and left out */
    static RolloutStory of(List<String> lines) {
        RolloutStory story = new RolloutStory();
        for (String line : lines) {
            try {
                story.add(JsonParser.parseString(line).getAsJsonObject());
            } catch (JsonParseException | IllegalStateException | IllegalArgumentException | ClassCastException
                    | UnsupportedOperationException | NullPointerException | DateTimeException e) {
                story.unreadable++;
            }
        }
        return story;
    }

    private void add(JsonObject event) {
        Moment moment = new Moment(Instant.parse(text(event, "time")), State.valueOf(text(event, "state")),
                Type.valueOf(text(event, "type").toUpperCase(Locale.ROOT)), text(event, "message"));
        switch (moment.type()) {
            case SHARE -> splits.add(new Split(moment.time(), numbers(event.getAsJsonObject("shares")),
                    event.get("generation").getAsLong(), event.get("proved").getAsBoolean()));
            case OBSERVED -> event.getAsJsonObject("services").entrySet().forEach(service ->
                    observed(moment.time(), service.getKey(), service.getValue().getAsJsonObject()));
            case OUTCOME -> end = Optional.of(end(moment, event));
            default -> { }
        }
        if (moment.type() != Type.OUTCOME) {
            // What was left unfinished and went on has no outcome yet.
            end = Optional.empty();
        }
        for (String fact : List.of("commit", "subject", "author")) {
            if (event.has(fact) && event.get(fact).isJsonPrimitive()) {
                release.put(fact, text(event, fact));
            }
        }
        moments.add(moment);
    }

    private void observed(Instant time, String service, JsonObject facts) {
        Sample sample = new Sample(time, service, facts.get("liveShare").getAsDouble(), facts.get("low").getAsDouble(),
                facts.get("high").getAsDouble(), facts.get("samples").getAsInt());
        samples.add(sample);
        newest.put(service, sample);
    }

    private static End end(Moment moment, JsonObject event) {
        Map<String, Double> shares = new LinkedHashMap<>();
        if (event.has("services")) {
            event.getAsJsonObject("services").entrySet().forEach(service ->
                    shares.put(service.getKey(), service.getValue().getAsJsonObject().get("share").getAsDouble()));
        }
        return new End(moment, event.get("exitCode").getAsInt(), shares, number(event, "cutConnections").intValue(),
                number(event, "seconds").doubleValue());
    }

    private static Number number(JsonObject event, String fact) {
        return event.has(fact) ? event.get(fact).getAsNumber() : 0;
    }

    private static String text(JsonObject event, String fact) {
        return event.get(fact).getAsString();
    }

    private static Map<String, Double> numbers(JsonObject object) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            numbers.put(entry.getKey(), entry.getValue().getAsDouble());
        }
        return numbers;
    }

    /** Everything, the oldest first. */
    List<Moment> moments() {
        return moments;
    }

    List<Moment> moments(Type type) {
        return moments.stream().filter(moment -> moment.type() == type).toList();
    }

    List<Split> splits() {
        return splits;
    }

    List<Sample> samples() {
        return samples;
    }

    /** The newest sample of each service. */
    Map<String, Sample> newestSamples() {
        return newest;
    }

    /** The services in the order in which they were first told. */
    List<String> services() {
        List<String> services = new ArrayList<>();
        splits.forEach(split -> split.shares().keySet().stream().filter(name -> !services.contains(name))
                .forEach(services::add));
        end.ifPresent(outcome -> outcome.shares().keySet().stream().filter(name -> !services.contains(name))
                .forEach(services::add));
        return services;
    }

    /** The share of a service as it is known last. */
    Optional<Double> share(String service) {
        Optional<Double> last = end.map(outcome -> outcome.shares().get(service));
        for (int i = splits.size() - 1; i >= 0 && last.isEmpty(); i--) {
            last = Optional.ofNullable(splits.get(i).shares().get(service));
        }
        return last;
    }

    /** {@code commit}, {@code subject} or {@code author} of the release. */
    Optional<String> release(String fact) {
        return Optional.ofNullable(release.get(fact));
    }

    State state() {
        return moments.isEmpty() ? State.PENDING : moments.get(moments.size() - 1).state();
    }

    Optional<End> end() {
        return end;
    }

    /** How many lines were no events: a crash cut them short, or a newer version wrote them. */
    int unreadable() {
        return unreadable;
    }
}
