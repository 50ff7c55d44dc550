package io.jenkins.plugins.canary.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A notice in Mattermost's Markdown; nothing in its texts is taken for markup. */
final class Markdown {

    /** An underscore inside of a word is one; a hash sign matters at the beginning of a line. */
    private static final Pattern MARKUP =
            Pattern.compile("[\\\\`*~\\[\\]<>|]|(?<!\\w)_|_(?!\\w)|(?m)^(?:#+(?=\\s)|[-+=]{3,}$)");

    private static final String FENCE = "```";

    private Markdown() {}

    /** Everything but the title and the fields. */
    static String body(Notice notice) {
        List<String> parts = new ArrayList<>();
        parts.add(escaped(notice.text()));
        parts.add(fenced(notice.quote()));
        parts.add(links(notice));
        parts.removeIf(String::isEmpty);
        return String.join("\n\n", parts);
    }

    /** Everything but the title, for where there are no fields. */
    static String withFields(Notice notice) {
        List<String> parts = new ArrayList<>();
        parts.add(escaped(notice.text()));
        List<String> fields = new ArrayList<>();
        notice.fields().forEach(field -> fields.add(
                "- " + escaped(field.label()) + ": " + escaped(field.value()).replace("\n", ", ")));
        parts.add(String.join("\n", fields));
        parts.add(fenced(notice.quote()));
        parts.add(links(notice));
        parts.removeIf(String::isEmpty);
        return String.join("\n\n", parts);
    }

    static String escaped(String text) {
        return MARKUP.matcher(text).replaceAll("\\\\$0");
    }

    private static String links(Notice notice) {
        return String.join(" · ", notice.links().stream().map(each -> link(each.label(), each.url())).toList());
    }

    private static String link(String label, String url) {
        return "[" + escaped(label) + "](" + url.replace("(", "%28").replace(")", "%29").replace(" ", "%20") + ")";
    }

    /** A fence in the text itself would end it. */
    private static String fenced(String text) {
        return text.isEmpty() ? "" : FENCE + "\n" + text.replace(FENCE, "`\u200b``") + "\n" + FENCE;
    }
}
