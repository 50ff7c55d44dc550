package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.notice.Notice;
import io.jenkins.plugins.canary.rollout.Outcome;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a rollout ended, as it comes back from the node and goes on into the Pipeline: plain values only. */
final class Report implements Serializable {

    private static final long serialVersionUID = 1L;

    private final End end;
    private final String message;
    private final LinkedHashMap<String, Object> facts;

    private Report(End end, String message, Map<String, ?> facts) {
        this.end = end;
        this.message = message;
        this.facts = plain(facts);
    }

    /**
     * @param notice what chats are told of it
     * @param sent whether the engine told them itself
     */
    static Report of(Outcome outcome, Optional<Notice> notice, boolean sent) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("state", outcome.state().name());
        facts.put("message", outcome.message());
        facts.putAll(outcome.facts());
        notice.ifPresent(text -> facts.put("notice", text.asMap()));
        facts.put("noticeSent", sent && notice.isPresent());
        return new Report(outcome.end(), outcome.message(), facts);
    }

    /** It could not even begin. */
    static Report refused(String message) {
        return new Report(End.REFUSED, message,
                Map.of("state", "REFUSED", "message", message, "exitCode", End.REFUSED.exitCode()));
    }

    /** A defect: nothing is known of what happened. */
    static Report unknown(String message) {
        return new Report(End.PERSON_MUST_LOOK, message,
                Map.of("state", "FAILED", "message", message, "exitCode", End.PERSON_MUST_LOOK.exitCode()));
    }

    End end() {
        return end;
    }

    String message() {
        return message;
    }

    /** For the Pipeline: texts, numbers, booleans, lists and maps of them, as Jenkins can save them. */
    LinkedHashMap<String, Object> facts() {
        return facts;
    }

    private static LinkedHashMap<String, Object> plain(Map<?, ?> map) {
        LinkedHashMap<String, Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), plain(value)));
        return copy;
    }

    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            return plain(map);
        }
        if (value instanceof List<?> list) {
            ArrayList<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(plain(each)));
            return copy;
        }
        boolean asItIs = value == null || value instanceof String || value instanceof Integer
                || value instanceof Double || value instanceof Boolean;
        return asItIs ? value : value instanceof Number number ? (Object) number.doubleValue() : value.toString();
    }
}
