package io.jenkins.plugins.canary.nginx;

import java.util.regex.Pattern;

/**
 * What an {@code include} stands for, by the rules of glob(3) that NGINX calls with no flags: {@code *},
 * {@code ?} and {@code [...]} never match a slash, nor a dot that begins a name; a backslash protects.
 * Without one of {@code * ? [} NGINX opens the path literally, backslashes too.
 */
final class Glob {

    private final String pattern;
    private int at;

    private Glob(String pattern) {
        this.pattern = pattern;
    }

    static boolean isPattern(String path) {
        return path.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** The pattern that matches this path alone; the path itself where nothing in it is special. */
    static String literal(String path) {
        return isPattern(path) ? path.replaceAll("[*?\\[\\\\]", "\\\\$0") : path;
    }

    /** @param path absolute, may hold wildcards */
    static Pattern compile(String path) {
        return isPattern(path) ? new Glob(path).compile() : Pattern.compile(Pattern.quote(path));
    }

    private Pattern compile() {
        StringBuilder regex = new StringBuilder();
        while (at < pattern.length()) {
            boolean first = at == 0 || pattern.charAt(at - 1) == '/';
            char c = pattern.charAt(at++);
            String visible = first ? "(?!\\.)" : "";
            switch (c) {
                case '*' -> regex.append(visible).append("[^/]*");
                case '?' -> regex.append(visible).append("[^/]");
                case '[' -> {
                    String set = set();
                    regex.append(set == null ? "\\[" : visible + "(?!/)" + set);
                }
                case '\\' -> regex.append(quoted(at < pattern.length() ? pattern.charAt(at++) : c));
                default -> regex.append(quoted(c));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** The set that opens before {@code at}, which moves behind it; null where it is not closed. */
    private String set() {
        int i = at;
        boolean negated = i < pattern.length() && (pattern.charAt(i) == '!' || pattern.charAt(i) == '^');
        if (negated) {
            i++;
        }
        StringBuilder regex = new StringBuilder(negated ? "[^" : "[");
        for (int start = i; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == ']' && i > start) {
                at = i + 1;
                return regex.append(']').toString();
            }
            int close = pattern.startsWith("[:", i) ? pattern.indexOf(":]", i + 2) : -1;
            if (close > 0) {
                String name = pattern.substring(i + 2, close);
                regex.append("\\p{").append(name.equals("xdigit") ? "XDigit"
                        : Character.toUpperCase(name.charAt(0)) + name.substring(1)).append('}');
                i = close + 1;
            } else if (c == '-' && i > start && i + 1 < pattern.length() && pattern.charAt(i + 1) != ']') {
                regex.append('-');
            } else {
                if (c == '\\' && i + 1 < pattern.length()) {
                    c = pattern.charAt(++i);
                }
                regex.append(quoted(c));
            }
        }
        return null;
    }

    private static String quoted(char c) {
        return Character.isLetterOrDigit(c) || c > 0x7f ? String.valueOf(c) : "\\" + c;
    }
}
