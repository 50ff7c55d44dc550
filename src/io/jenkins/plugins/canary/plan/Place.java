package io.jenkins.plugins.canary.plan;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Where something is in the text, 1-based, in code points. */
record Place(int line, int column) implements Comparable<Place> {

    static final Place WHOLE_FILE = new Place(0, 0);

    static Place of(Node node) {
        return of(node.getStartMark());
    }

    static Place of(Optional<Mark> mark) {
        return mark.map(at -> new Place(at.getLine() + 1, at.getColumn() + 1)).orElse(WHOLE_FILE);
    }

    /** The place just after a text. */
    static Place after(String text) {
        int lineStart = text.lastIndexOf('\n') + 1;
        int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
        return new Place(line, text.codePointCount(lineStart, text.length()) + 1);
    }

    @Override
    public int compareTo(Place other) {
        return line == other.line ? Integer.compare(column, other.column) : Integer.compare(line, other.line);
    }
}
