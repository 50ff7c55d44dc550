package io.jenkins.plugins.canary.notice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What people are told, without any markup: each chat has its own.
 *
 * @param colour such as {@code #2e7d32}
 * @param title one line
 * @param link where the title leads, or empty
 * @param text what it means and what to do
 * @param quote what a program said, kept as it stands; may have many lines, or none
 * @param fields facts, the most important first
 * @param links where to read on
 */
public record Notice(
        String colour, String title, String link, String text, String quote, List<Field> fields, List<Link> links) {

    private static final String CUT = "\n[…]\n";

    /** Shorter parts are not worth cutting. */
    private static final int SHORT = 40;

    public Notice {
        fields = List.copyOf(fields);
        links = List.copyOf(links);
    }

    /** @param brief whether it is short enough to stand beside another one */
    public record Field(String label, String value, boolean brief) {}

    /** Somewhere to read on. */
    public record Link(String label, String url) {}

    /**
     * For a pipeline, of texts only: {@code title}, {@code link}, {@code colour}, {@code text} (all the rest, in
     * Mattermost's Markdown) and {@code plain} (the same without markup).
     */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("title", title);
        map.put("link", link);
        map.put("colour", colour);
        map.put("text", Markdown.withFields(this));
        map.put("plain", plain());
        return map;
    }

    /**
     * The notice of such a map again, or of one that a pipeline made itself; what is missing is empty. All of it is in
     * its text: {@code plain}, and where that is missing {@code text}.
     */
    public static Notice of(Map<String, String> map) {
        return new Notice(map.getOrDefault("colour", ""), map.getOrDefault("title", ""), map.getOrDefault("link", ""),
                map.getOrDefault("plain", map.getOrDefault("text", "")), "", List.of(), List.of());
    }

    private String plain() {
        List<String> parts = new ArrayList<>();
        parts.add(text);
        fields.forEach(field -> parts.add(field.label() + ": " + field.value()));
        parts.add(quote);
        links.forEach(each -> parts.add(each.label() + ": " + each.url()));
        parts.removeIf(String::isEmpty);
        return String.join("\n", parts);
    }

    /**
     * The same within a chat's limit: what is longest is cut in its middle, which is nearly always the quote.
     *
     * @param size how much a notice takes up there
     */
    Notice within(int most, ToIntFunction<Notice> size) {
        Notice fitting = this;
        int over = size.applyAsInt(fitting) - most;
        while (over > 0) {
            Optional<Notice> shorter = fitting.withLongestPartCutBy(over);
            if (shorter.isEmpty()) {
                return fitting;
            }
            fitting = shorter.get();
            over = size.applyAsInt(fitting) - most;
        }
        return fitting;
    }

    private Optional<Notice> withLongestPartCutBy(int over) {
        List<String> parts = new ArrayList<>(List.of(quote, text, title));
        fields.forEach(field -> parts.add(field.value()));
        String longest = parts.stream().reduce("", (one, other) -> other.length() > one.length() ? other : one);
        if (longest.length() <= SHORT) {
            return Optional.empty();
        }
        // By half at most: another part may be the longest then.
        String cut = cut(longest, Math.max(longest.length() / 2, longest.length() - over));
        int at = parts.indexOf(longest);
        List<Field> others = new ArrayList<>(fields);
        if (at > 2) {
            Field field = others.get(at - 3);
            others.set(at - 3, new Field(field.label(), cut, field.brief()));
        }
        return Optional.of(new Notice(
                colour, at == 2 ? cut : title, link, at == 1 ? cut : text, at == 0 ? cut : quote, others, links));
    }

    /** Most of the beginning, which says why, and of the end, where a log has its last lines. */
    private static String cut(String text, int most) {
        String mark = text.indexOf('\n') < 0 ? " […] " : CUT;
        int room = most - mark.length();
        int head = wholeCharacters(text, room * 2 / 3);
        int tail = wholeCharacters(text, text.length() - (room - head));
        return text.substring(0, head) + mark + text.substring(tail);
    }

    /** An index that does not lie inside of a character of two units. */
    private static int wholeCharacters(String text, int index) {
        return Character.isLowSurrogate(text.charAt(index)) ? index + 1 : index;
    }
}
