package io.jenkins.plugins.canary.nginx;

import io.jenkins.plugins.canary.nginx.Directive.Block;
import io.jenkins.plugins.canary.nginx.Directive.Body;
import io.jenkins.plugins.canary.nginx.Directive.Raw;
import io.jenkins.plugins.canary.nginx.Directive.Semicolon;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads NGINX's language by the rules of {@code ngx_conf_read_token} (nginx 1.22, src/core/ngx_conf_file.c):
 *
 * <ul>
 * <li>space, tab, CR and LF separate words; nothing else does;
 * <li>only a word's first character can open a quote, begin a comment or close a block; further in, quotes,
 *     {@code #} and <code>}</code> are plain text, while {@code ;} and <code>{</code> end a bare word;
 * <li><code>{</code> directly after {@code $} (or after such a brace) belongs to the word;
 * <li>a backslash protects the next byte everywhere, and stays in the value unless that byte is one of
 *     {@code " ' \ t r n};
 * <li>after a closing quote only a separator, {@code ;}, <code>{</code> or {@code )} may follow, and the
 *     parenthesis begins a word;
 * <li>a byte order mark is no separator: it belongs to the first word.
 * </ul>
 *
 * A word longer than NGINX's buffer (4096 bytes) is read all the same. One pass, no recursion.
 */
final class Parser {

    /** What lua-nginx-module names every directive whose block is Lua. */
    private static final String LUA = "_by_lua_block";

    private final ConfigFile file;
    private final String text;
    private final int end;
    private final List<Comment> comments;
    private final Deque<Open> open = new ArrayDeque<>();
    private List<Directive> siblings = new ArrayList<>();
    private int at;

    private record Open(Word name, List<Word> args, int brace, List<Directive> siblings) {
    }

    /** @param comments takes the comments met, in order */
    Parser(ConfigFile file, String text, Span range, List<Comment> comments) {
        this.file = file;
        this.text = text;
        this.at = range.start();
        this.end = range.end();
        this.comments = comments;
    }

    List<Directive> parse() {
        for (skipBlanks(); at < end; skipBlanks()) {
            if (text.charAt(at) == '}') {
                close();
            } else {
                directive();
            }
        }
        if (!open.isEmpty()) {
            Open unclosed = open.peek();
            throw file.error(end, "unexpected end of file: the block \"" + unclosed.name().value() + "\" of line "
                    + file.line(unclosed.name().span().start()) + " is not closed by \"}\"");
        }
        return siblings;
    }

    private void directive() {
        Word name = null;
        List<Word> args = new ArrayList<>(4);
        for (; ; skipBlanks()) {
            if (at >= end) {
                throw file.error(end, "unexpected end of file: " + (name == null ? "a directive"
                        : "the directive \"" + name.value() + "\" of line " + file.line(name.span().start()))
                        + " has no \";\"");
            }
            char c = text.charAt(at);
            if (c == ';' || c == '{') {
                if (name == null) {
                    throw unexpected(at);
                }
                at++;
                if (c == ';') {
                    add(name, args, new Semicolon());
                } else if (name.value().endsWith(LUA)) {
                    int start = at;
                    at = new LuaBlock(file, text, end).closingBrace(start) + 1;
                    add(name, args, new Raw(new Span(start, at - 1)));
                } else {
                    open.push(new Open(name, args, at, siblings));
                    siblings = new ArrayList<>();
                }
                return;
            }
            if (c == '}') {
                throw unexpected(at);
            }
            Word word = c == '"' || c == '\'' ? quoted(c) : bare();
            if (name == null) {
                name = word;
            } else {
                args.add(word);
            }
        }
    }

    private void close() {
        if (open.isEmpty()) {
            throw unexpected(at);
        }
        Open block = open.pop();
        List<Directive> children = siblings;
        siblings = block.siblings();
        Span inside = new Span(block.brace(), at++);
        add(block.name(), block.args(), new Block(inside, children));
    }

    private void add(Word name, List<Word> args, Body body) {
        int start = name.span().start();
        siblings.add(new Directive(name, args, new Span(start, at), file.line(start), body));
    }

    private void skipBlanks() {
        while (at < end) {
            char c = text.charAt(at);
            if (c == '#') {
                int stop = text.indexOf('\n', at);
                int next = stop < 0 || stop > end ? end : stop;
                int last = next > at && text.charAt(next - 1) == '\r' ? next - 1 : next;
                comments.add(new Comment(new Span(at, last), file.line(at)));
                at = next;
            } else if (isBlank(c)) {
                at++;
            } else {
                return;
            }
        }
    }

    private Word bare() {
        int start = at;
        boolean escaped = false;
        boolean variable = false;
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\\') {
                escaped = true;
                variable = false;
                at += 2;
                continue;
            }
            boolean brace = c == '{';
            if (!(brace && variable)) {
                if (brace || c == ';' || isBlank(c)) {
                    return word(start, at, new Span(start, at), escaped);
                }
                variable = c == '$';
            }
            at++;
        }
        at = end;
        throw file.error(end, "unexpected end of file: the word that begins in line " + file.line(start)
                + " is not followed by \";\" or \"{\"");
    }

    private Word quoted(char quote) {
        int start = at++;
        boolean escaped = false;
        while (at < end && text.charAt(at) != quote) {
            boolean escape = text.charAt(at) == '\\';
            escaped |= escape;
            at += escape ? 2 : 1;
        }
        if (at >= end) {
            throw file.error(end, "unexpected end of file: the quote that opens in line " + file.line(start)
                    + " is not closed by " + quote);
        }
        at++;
        if (at < end && !isBlank(text.charAt(at)) && ";{)".indexOf(text.charAt(at)) < 0) {
            throw unexpected(at);
        }
        return word(start + 1, at - 1, new Span(start, at), escaped);
    }

    private Word word(int start, int stop, Span span, boolean escaped) {
        return new Word(escaped ? unescaped(start, stop) : text.substring(start, stop), span);
    }

    private String unescaped(int start, int stop) {
        StringBuilder value = new StringBuilder(stop - start);
        for (int i = start; i < stop; i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < stop) {
                char next = text.charAt(i + 1);
                int known = "\"'\\trn".indexOf(next);
                if (known >= 0) {
                    c = "\"'\\\t\r\n".charAt(known);
                    i++;
                }
            }
            value.append(c);
        }
        return value.toString();
    }

    private NginxSyntaxException unexpected(int offset) {
        return file.error(offset, "unexpected \"" + text.charAt(offset) + "\"");
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}
