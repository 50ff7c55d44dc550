package io.jenkins.plugins.canary.release;

import io.jenkins.plugins.canary.event.Refused;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The text of a {@code .env} file, checked: {@code KEY=VALUE} lines, comments and empty lines, ended by LF. Its
 * {@code toString} never shows a value.
 */
public final class EnvText {

    private static final Pattern LINE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*=.*");
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
        String text = new String(bytes, StandardCharsets.UTF_8);
        StringBuilder checked = new StringBuilder();
        int number = 0;
        for (String line : text.replaceFirst("^\uFEFF", "").split("\r\n|\r|\n", -1)) {
            number++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#") && !LINE.matcher(stripped).matches()) {
                throw new Refused("the .env file is broken in line " + number
                        + ": expected KEY=VALUE, a comment or an empty line. Nothing was sent to a host.");
            }
            checked.append(line).append('\n');
        }
        return new EnvText(checked.toString().stripTrailing() + "\n");
    }

    /** The same with {@code TZ}, unless it says one already. */
    public EnvText withTimezone(String timezone) {
        boolean has = text.lines().anyMatch(line -> line.strip().startsWith(TIMEZONE));
        return has ? this : new EnvText(text.strip().isEmpty() ? TIMEZONE + timezone + "\n" : text + TIMEZONE + timezone + "\n");
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
