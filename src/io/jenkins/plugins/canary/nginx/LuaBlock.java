package io.jenkins.plugins.canary.nginx;

/**
 * Finds where a Lua block ends, as lua-nginx-module does: braces count, except in strings, long brackets and
 * comments.
 */
final class LuaBlock {

    private final ConfigFile file;
    private final String text;
    private final int end;

    LuaBlock(ConfigFile file, String text, int end) {
        this.file = file;
        this.text = text;
        this.end = end;
    }

    /**
     * @param start offset after the opening brace
     * @return offset of the brace that closes it
     */
    int closingBrace(int start) {
        int depth = 1;
        int i = start;
        while (i < end) {
            switch (text.charAt(i)) {
                case '{' -> depth++;
                case '}' -> {
                    if (--depth == 0) {
                        return i;
                    }
                }
                case '"', '\'' -> i = stringEnd(i);
                case '[' -> i = Math.max(i, longBracketEnd(i));
                case '-' -> {
                    if (text.startsWith("--", i)) {
                        int bracket = longBracketEnd(i + 2);
                        i = bracket >= 0 ? bracket : lineEnd(i);
                    }
                }
                default -> {
                }
            }
            i++;
        }
        throw file.error(end, "unexpected end of file: the Lua block that opens in line " + file.line(start)
                + " is not closed by \"}\"");
    }

    /**
     * Offset of the quote that closes a string; the opening one where none does before the line ends, even behind
     * a backslash: the module (0.10.23) then takes the quote for a plain character.
     */
    private int stringEnd(int start) {
        for (int i = start + 1; i < end && text.charAt(i) != '\n'; i++) {
            char c = text.charAt(i);
            if (c == text.charAt(start)) {
                return i;
            }
            if (c == '\\' && i + 1 < end && text.charAt(i + 1) != '\n') {
                i++;
            }
        }
        return start;
    }

    private int lineEnd(int from) {
        int newline = text.indexOf('\n', from);
        return newline < 0 || newline > end ? end : newline;
    }

    /** Offset of the last character of a long bracket that opens at {@code start}; -1 where none does. */
    private int longBracketEnd(int start) {
        if (start >= end || text.charAt(start) != '[') {
            return -1;
        }
        int level = start + 1;
        while (level < end && text.charAt(level) == '=') {
            level++;
        }
        if (level >= end || text.charAt(level) != '[') {
            return -1;
        }
        String closing = "]" + "=".repeat(level - start - 1) + "]";
        int close = text.indexOf(closing, level + 1);
        if (close < 0 || close + closing.length() > end) {
            throw file.error(start, "this Lua long bracket is not closed by " + closing);
        }
        return close + closing.length() - 1;
    }
}
