package io.jenkins.plugins.canary.nginx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of an upstream with the text that belongs to it.
 *
 * @param region from the directive, or from the mark that parks it, to the end of its trailing comment
 * @param tail what follows the directive in the region, without our mark
 * @param memory the user's own {@code max_fails}: a word, or empty where there was none; absent: no mark
 */
record SlotLine(Server server, Span region, String tail, Optional<String> memory) {

    static final String PARKED = "# canary-deploy: ";

    private static final Pattern PARKING = Pattern.compile(PARKED + "[\"']?server");

    private static final Pattern MEMORY = Pattern.compile("[ ]?# canary-deploy: had (?:no max_fails|(\\S+))");

    /** The mark that remembers the user's own {@code max_fails}. */
    static String mark(String own) {
        return "# canary-deploy: had " + (own.isEmpty() ? "no max_fails" : own);
    }

    static List<SlotLine> all(ConfigFile file, Directive upstream) {
        List<SlotLine> found = new ArrayList<>();
        for (Directive child : upstream.children()) {
            if (child.is("server") && !child.args().isEmpty()) {
                found.add(active(file, child));
            }
        }
        for (Comment comment : file.comments(upstream.span())) {
            if (parks(file.text(comment.span()))) {
                found.add(parked(file, upstream, comment));
            }
        }
        found.sort(Comparator.comparingInt(line -> line.region().start()));
        return found;
    }

    private static boolean parks(String comment) {
        return PARKING.matcher(comment).lookingAt();
    }

    private static SlotLine active(ConfigFile file, Directive directive) {
        int end = directive.span().end();
        Span rest = new Span(end, file.lineEnd(end));
        List<Comment> comments = file.comments(rest);
        if (comments.isEmpty() || !file.text(new Span(end, comments.get(0).span().start())).isBlank()
                || parks(file.text(comments.get(0).span()))) {
            return new SlotLine(Server.of(directive, false), directive.span(), "", Optional.empty());
        }
        Span region = new Span(directive.span().start(), rest.end());
        String tail = file.text(rest);
        Matcher mark = MEMORY.matcher(tail);
        if (!mark.find()) {
            return new SlotLine(Server.of(directive, false), region, tail, Optional.empty());
        }
        String before = tail.substring(0, mark.start());
        String after = tail.substring(mark.end());
        String comment = after.isBlank() ? before : before + (before.contains("#") ? "" : " #") + after;
        return new SlotLine(Server.of(directive, false), region, comment,
                Optional.of(mark.group(1) == null ? "" : mark.group(1)));
    }

    private static SlotLine parked(ConfigFile file, Directive upstream, Comment comment) {
        Span content = new Span(comment.span().start() + PARKED.length(), comment.span().end());
        try {
            List<Directive> directives = file.directives(content, new ArrayList<>());
            if (directives.size() == 1 && directives.get(0).is("server") && !directives.get(0).args().isEmpty()
                    && directives.get(0).body() instanceof Directive.Semicolon) {
                Directive directive = directives.get(0);
                return new SlotLine(Server.of(directive, true), comment.span(),
                        file.text(new Span(directive.span().end(), content.end())), Optional.empty());
            }
        } catch (NginxSyntaxException e) {
            throw unreadable(file, upstream, comment, e);
        }
        throw unreadable(file, upstream, comment, null);
    }

    private static UnsuitableUpstream unreadable(
            ConfigFile file, Directive upstream, Comment comment, NginxSyntaxException cause) {
        UnsuitableUpstream refusal = new UnsuitableUpstream(file.path(), comment.line(),
                "upstream " + upstream.arg(0) + " has a parked server that cannot be read: "
                + file.text(comment.span()), "Make it one `server …;` after the mark, or remove the line");
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }
}
