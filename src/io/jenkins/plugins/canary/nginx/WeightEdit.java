package io.jenkins.plugins.canary.nginx;

import io.jenkins.plugins.canary.nginx.Upstream.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What has to change in an upstream's text so that its two slots have these weights. */
final class WeightEdit {

    private static final String NO_EJECTION = "max_fails=0";

    private final ConfigFile file;
    private final Directive upstream;
    private final Slots slots;
    private final int canaryPort;
    private final Weights weights;

    WeightEdit(ConfigFile file, Directive upstream, Slots slots, int canaryPort, Weights weights) {
        this.file = file;
        this.upstream = upstream;
        this.slots = slots;
        this.canaryPort = canaryPort;
        this.weights = weights;
    }

    /** A slot's line as it shall be. */
    private record Line(String text, boolean endsWithComment) {
    }

    List<Edit> edits() {
        List<Edit> edits = new ArrayList<>();
        SlotLine stable = slots.stable();
        Line line = render(text(stable), inner(stable), stable.tail(), own(stable), weights.stable(), weights.canary());
        Optional<Line> added = slots.canary().isEmpty() && weights.canary() > 0
                ? Optional.of(canaryLike(stable)) : Optional.empty();
        edits.add(replacement(stable, line, added));
        slots.canary().ifPresent(canary -> edits.add(replacement(canary, render(text(canary), inner(canary),
                canary.tail(), own(canary), weights.canary(), weights.stable()), Optional.empty())));
        return edits;
    }

    private Line canaryLike(SlotLine stable) {
        ServerText text = text(stable).onOneLine().at(stable.server().host() + ":" + canaryPort);
        return render(text, "", "", own(stable), weights.canary(), weights.stable());
    }

    /**
     * @param inner the comments between the words, which must move when all comes on one line
     * @param tail the comment behind
     * @param own the user's own {@code max_fails} word, empty for none
     * @param other the other slot's weight
     */
    private static Line render(ServerText text, String inner, String tail, String own, int weight, int other) {
        if (weight == 0) {
            ServerText parked = text.withMaxFails(own).withWeight(1).onOneLine();
            return new Line(SlotLine.PARKED + parked + inner + tail, true);
        }
        boolean guarded = other == Weights.MINIMUM.canary() && !own.equals(NO_EJECTION);
        ServerText active = text.withMaxFails(guarded ? NO_EJECTION : own).withWeight(weight);
        if (guarded) {
            return new Line(active.onOneLine() + inner + tail + " " + SlotLine.mark(own), true);
        }
        return new Line(active + tail, !tail.isEmpty());
    }

    /**
     * A line may stand between others on one line of the file; behind a comment, and behind an added server,
     * the rest of that line moves to the next.
     */
    private Edit replacement(SlotLine slot, Line line, Optional<Line> added) {
        int end = slot.region().end();
        String rest = file.text(new Span(end, file.lineEnd(end)));
        String indent = indent(slot);
        String text = line.text() + added.map(next -> file.newline() + indent + next.text()).orElse("");
        boolean broken = added.isPresent() || line.endsWithComment();
        if (!broken || rest.isBlank()) {
            return new Edit(slot.region(), text);
        }
        int blanks = rest.length() - rest.stripLeading().length();
        String next = rest.stripLeading().startsWith("}") ? file.indent(upstream.span().start()) : indent;
        return new Edit(new Span(slot.region().start(), end + blanks), text + file.newline() + next);
    }

    private String indent(SlotLine slot) {
        int start = slot.region().start();
        String indent = file.indent(start);
        boolean first = file.lineStart(start) + indent.length() == start;
        boolean besideUpstream = file.lineStart(start) == file.lineStart(upstream.span().start());
        return first || !besideUpstream ? indent : indent + "    ";
    }

    private ServerText text(SlotLine slot) {
        return ServerText.of(file, slot.server().directive());
    }

    private String inner(SlotLine slot) {
        return slot.server().parked() ? "" : file.comments(slot.server().directive().span()).stream()
                .map(comment -> " " + file.text(comment.span())).collect(Collectors.joining());
    }

    /**
     * The user's own {@code max_fails}. The mark holds it as long as our 0 stands there; another value was
     * typed meanwhile and is the user's newer word.
     */
    private String own(SlotLine slot) {
        String current = text(slot).parameter("max_fails").orElse("");
        return current.equals(NO_EJECTION) ? slot.memory().orElse(current) : current;
    }
}
