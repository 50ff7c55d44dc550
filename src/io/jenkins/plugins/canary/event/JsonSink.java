package io.jenkins.plugins.canary.event;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One event a line, as JSON; the facts stand beside time, rollout, state, type and message. */
public final class JsonSink implements Sink {

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final PrintStream out;

    public JsonSink(PrintStream out) {
        this.out = out;
    }

    @Override
    public void accept(Event event) {
        out.println(line(event));
        out.flush();
    }

    /** An event as one line of JSON, without a line end. */
    public static String line(Event event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", event.time().toString());
        line.put("rollout", event.rollout());
        line.put("state", event.state().name());
        line.put("type", event.type().name().toLowerCase(Locale.ROOT));
        line.put("message", event.message());
        line.putAll(event.facts());
        return GSON.toJson(line);
    }
}
