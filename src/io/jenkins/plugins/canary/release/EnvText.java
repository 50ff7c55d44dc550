package io.jenkins.plugins.canary.release;

import io.jenkins.plugins.canary.event.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The text of a {@code .env} file, checked: {@code KEY=VALUE} lines, comments and empty lines, ended by LF. A quoted
 * value may go on for several lines, as Compose reads it. Its {@code toString} never shows a value.
 */
public final class EnvText {

    private static final Pattern LINE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*=.*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Nothing that Compose would read as a quote, an escape, a comment or another variable. */
    private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9_./:@%+,=~-]*");

    private static final String TIMEZONE = "TZ=";

    private final String text;

    private EnvText(String text) {
        this.text = text;
    }

    /**
     * @param bytes UTF-8, with or without a byte order mark, line ends as they come
     * @throws Refused a line is something else; the message names the line, not what it holds
     */
    public static EnvText parse(byte[] bytes) throws Refused {
        String text = new String(bytes, StandardCharsets.UTF_8).replaceFirst("^\uFEFF", "");
        List<String> lines = List.of(text.split("\r\n|\r|\n", -1));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            boolean pair = LINE.matcher(line).matches();
            int last = pair ? endOfValue(lines, i) : i;
            if (last < 0 || !pair && !line.isEmpty() && !line.startsWith("#")) {
                throw new Refused("the .env file is broken in line " + (i + 1) + ": " + (last < 0
                        ? "its quote is never closed."
                        : "expected KEY=VALUE, a comment or an empty line.") + " Nothing was changed.");
            }
            i = last;
        }
        return new EnvText(String.join("\n", lines).stripTrailing() + "\n");
    }

    /** The last line of a value, which a quote may carry over several; -1 where it has no end. */
    private static int endOfValue(List<String> lines, int first) {
        String value = lines.get(first).substring(lines.get(first).indexOf('=') + 1).strip();
        String quote = value.startsWith("\"") ? "\"" : value.startsWith("'") ? "'" : "";
        if (quote.isEmpty() || value.indexOf(quote, 1) > 0) {
            return first;
        }
        for (int i = first + 1; i < lines.size(); i++) {
            if (lines.get(i).contains(quote)) {
                return i;
            }
        }
        return -1;
    }

    /** The same with {@code TZ}, unless it says one already. */
    public EnvText withTimezone(String timezone) {
        boolean has = text.lines().anyMatch(line -> line.strip().startsWith(TIMEZONE));
        return has ? this : new EnvText((text.isBlank() ? "" : text) + TIMEZONE + timezone + "\n");
    }

    /**
     * The same with one more value, in the place of those that the name had.
     *
     * @throws Refused the name is none, or the value can't be written so that Compose reads it back
     */
    public EnvText with(String name, String value) throws Refused {
        if (!NAME.matcher(name).matches()) {
            throw new Refused("`" + name + "` is no name of a variable: letters, digits and `_`, the first no digit.");
        }
        boolean plain = PLAIN_VALUE.matcher(value).matches();
        if (!plain && (value.indexOf('\'') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0)) {
            throw new Refused("the value of " + name + " has a quote or a line break, which a .env file can't hold"
                    + " safely. Put it into the file of envFileCredentialsId as your Compose reads it.");
        }
        List<String> lines = text.lines().toList();
        StringBuilder others = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith(name + "=")) {
                i = endOfValue(lines, i);
            } else {
                others.append(lines.get(i)).append('\n');
            }
        }
        return new EnvText(others + name + "=" + (plain ? value : "'" + value + "'") + "\n");
    }

    /** The text itself: for standard input of a host and for the mask, nothing else. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return ".env of " + text.lines().count() + " lines";
    }
}
