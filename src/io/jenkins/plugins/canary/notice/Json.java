package io.jenkins.plugins.canary.notice;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** JSON over HTTP. */
final class Json {

    private static final Gson GSON = new Gson();

    private Json() {}

    static String of(Object value) {
        return GSON.toJson(value);
    }

    static HttpRequest.Builder post(URI uri, Object body) {
        return HttpRequest.newBuilder(uri).header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString(of(body), StandardCharsets.UTF_8));
    }

    /** A member of an answer, at a path of objects; empty where the answer is none of ours. */
    static Optional<JsonElement> member(String answer, String... path) {
        try {
            JsonElement found = JsonParser.parseString(answer);
            for (String name : path) {
                found = found instanceof JsonObject object ? object.get(name) : null;
            }
            return Optional.ofNullable(found).filter(JsonElement::isJsonPrimitive);
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}
