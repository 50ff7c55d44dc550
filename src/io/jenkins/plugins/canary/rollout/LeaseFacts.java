package io.jenkins.plugins.canary.rollout;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who holds an app, as it stands in a host's lease file.
 *
 * @param by {@code user@machine}
 * @param action what is done
 * @param build the address of the build that does it, or empty
 * @param since when it began
 */
record LeaseFacts(String by, String action, String build, String since) {

    /** One line. */
    String json() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("by", by);
        facts.put("action", action);
        facts.put("build", build);
        facts.put("since", since);
        return new Gson().toJson(facts);
    }

    /** The build that a lease file's line names, or empty. */
    static String build(String json) {
        try {
            return JsonParser.parseString(json).getAsJsonObject().get("build").getAsString();
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            return "";
        }
    }

    /** The facts of a lease file's line in words. */
    static String describe(String json) {
        try {
            JsonObject facts = JsonParser.parseString(json).getAsJsonObject();
            String build = facts.get("build").getAsString();
            return facts.get("action").getAsString() + " by " + facts.get("by").getAsString()
                    + (build.isEmpty() ? "" : " (" + build + ")") + " since " + facts.get("since").getAsString();
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            return json.isBlank() ? "nobody holds it" : json;
        }
    }
}
