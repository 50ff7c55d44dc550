package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One file of a config: its bytes, and the directives that stand in them. Immutable. An edit replaces spans and
 * leaves every other byte as it was.
 */
public final class ConfigFile {

    private final String path;
    private final String text;
    private final int[] lineStarts;
    private final List<Directive> directives;
    private final List<Comment> comments;

    private ConfigFile(String path, String text) {
        this.path = path;
        this.text = text;
        this.lineStarts = lineStarts(text);
        List<Comment> met = new ArrayList<>();
        this.directives = List.copyOf(new Parser(this, text, new Span(0, text.length()), met).parse());
        this.comments = List.copyOf(met);
    }

    /**
     * @param path for messages, and the place in a {@link ConfigTree}
     * @throws NginxSyntaxException NGINX could not read it either
     */
    public static ConfigFile parse(String path, byte[] bytes) {
        return new ConfigFile(path, new String(bytes, ISO_8859_1));
    }

    public String path() {
        return path;
    }

    public byte[] bytes() {
        return text.getBytes(ISO_8859_1);
    }

    /** The directives outside all blocks, in order. */
    public List<Directive> directives() {
        return directives;
    }

    /** Every comment at any depth, in order; Lua's comments are none of NGINX's. */
    public List<Comment> comments() {
        return comments;
    }

    /** The text as it stands there, one character for each byte. */
    public String text(Span span) {
        return text.substring(span.start(), span.end());
    }

    /** The line of an offset, counted from 1. */
    public int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /**
     * The file after replacements.
     *
     * @throws IllegalArgumentException two of them overlap
     * @throws NginxSyntaxException the result is none that NGINX could read
     */
    public ConfigFile edited(List<Edit> edits) {
        List<Edit> ordered = new ArrayList<>(edits);
        ordered.sort(Comparator.comparingInt(edit -> edit.span().start()));
        StringBuilder result = new StringBuilder(text.length() + 256);
        int done = 0;
        for (Edit edit : ordered) {
            if (edit.span().start() < done) {
                throw new IllegalArgumentException("edits of " + path + " overlap at byte " + edit.span().start());
            }
            result.append(text, done, edit.span().start()).append(edit.text());
            done = edit.span().end();
        }
        String changed = result.append(text, done, text.length()).toString();
        return changed.equals(text) ? this : new ConfigFile(path, changed);
    }

    /** The comments that begin inside the span. */
    List<Comment> comments(Span span) {
        return comments.subList(firstCommentFrom(span.start()), firstCommentFrom(span.end()));
    }

    /** The directives and comments of a part of this file, read as if it stood alone. */
    List<Directive> directives(Span span, List<Comment> met) {
        return new Parser(this, text, span, met).parse();
    }

    /** From the start of the line of an offset to the line's first character that is no space or tab. */
    String indent(int offset) {
        int start = lineStart(offset);
        int stop = start;
        while (stop < text.length() && (text.charAt(stop) == ' ' || text.charAt(stop) == '\t')) {
            stop++;
        }
        return text.substring(start, stop);
    }

    int lineStart(int offset) {
        return lineStarts[line(offset) - 1];
    }

    /** Where the line of an offset ends: before its LF or CRLF. */
    int lineEnd(int offset) {
        int newline = text.indexOf('\n', offset);
        int stop = newline < 0 ? text.length() : newline;
        return stop > offset && text.charAt(stop - 1) == '\r' ? stop - 1 : stop;
    }

    /** Where the line after the one of an offset begins; the file's end where there is none. */
    int nextLine(int offset) {
        int newline = text.indexOf('\n', offset);
        return newline < 0 ? text.length() : newline + 1;
    }

    int length() {
        return text.length();
    }

    /** How this file ends its lines: as its first one ends. */
    String newline() {
        int first = text.indexOf('\n');
        return first > 0 && text.charAt(first - 1) == '\r' ? "\r\n" : "\n";
    }

    NginxSyntaxException error(int offset, String message) {
        int line = line(offset);
        return new NginxSyntaxException(path, line, offset - lineStarts[line - 1] + 1, message);
    }

    private int firstCommentFrom(int offset) {
        int low = 0;
        int high = comments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (comments.get(middle).span().start() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int[] lineStarts(String text) {
        int lines = 1;
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            lines++;
        }
        int[] starts = new int[lines];
        int line = 0;
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            starts[++line] = i + 1;
        }
        return starts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfigFile that && path.equals(that.path) && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return path;
    }
}
