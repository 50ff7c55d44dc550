package io.jenkins.plugins.canary.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Words that someone wrote, for messages. */
final class Text {

    private static final int QUOTED_AT_MOST = 60;

    private Text() {}

    /** Between backquotes, on one line, not too long: safe in a terminal and in a log. */
    static String quote(String text) {
        StringBuilder safe = new StringBuilder("`");
        text.codePoints().limit(QUOTED_AT_MOST).forEach(c -> {
            if (isControl(c)) {
                safe.append("\\u%04x".formatted(c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.append(text.codePointCount(0, text.length()) > QUOTED_AT_MOST ? "…`" : "`").toString();
    }

    /** What must not be in any value: controls, line ends of Unicode too, halves of surrogate pairs. */
    static boolean isControl(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                    true;
            default -> false;
        };
    }

    /** The known word that was probably meant; case, {@code -} and {@code _} do not count. */
    static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > QUOTED_AT_MOST) {
            return Optional.empty();
        }
        return known.stream()
                .filter(other -> distance(word, other) <= slipsIn(Math.min(word.length(), other.length())))
                .min(Comparator.comparing(other -> distance(word, other)));
    }

    static int distance(String one, String other) {
        return LevenshteinDistance.getDefaultInstance().apply(plain(one), plain(other));
    }

    /** Two letters that changed places are two slips. */
    private static int slipsIn(int length) {
        return length < 4 ? 1 : Math.max(2, length / 3);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
