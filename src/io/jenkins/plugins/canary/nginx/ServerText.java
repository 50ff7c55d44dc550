package io.jenkins.plugins.canary.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of one {@code server} directive, word by word with what separates them, so that one parameter can
 * change and the rest stays as it was typed.
 *
 * @param end from the last word to the semicolon, which is included
 */
record ServerText(List<Piece> pieces, String end) {

    /** @param before what separates the word from the one before */
    record Piece(String before, String text, String value) {
    }

    ServerText {
        pieces = List.copyOf(pieces);
    }

    static ServerText of(ConfigFile file, Directive directive) {
        List<Word> words = new ArrayList<>(List.of(directive.name()));
        words.addAll(directive.args());
        List<Piece> pieces = new ArrayList<>();
        int done = directive.span().start();
        for (Word word : words) {
            pieces.add(new Piece(file.text(new Span(done, word.span().start())), file.text(word.span()), word.value()));
            done = word.span().end();
        }
        return new ServerText(pieces, file.text(new Span(done, directive.span().end())));
    }

    /** The last word that begins with {@code name=}; NGINX takes the last of several. */
    Optional<String> parameter(String name) {
        int index = index(name);
        return index < 0 ? Optional.empty() : Optional.of(pieces.get(index).text());
    }

    ServerText withWeight(int weight) {
        return with("weight", "weight=" + weight, 2);
    }

    /** @param maxFails the whole word; empty: without one */
    ServerText withMaxFails(String maxFails) {
        return with("max_fails", maxFails, pieces.size());
    }

    /** @param address replaces the server's address */
    ServerText at(String address) {
        List<Piece> changed = new ArrayList<>(pieces);
        changed.set(1, new Piece(pieces.get(1).before(), address, address));
        return new ServerText(changed, end);
    }

    /** All on one line, which a comment needs; comments between the words are the caller's to keep. */
    ServerText onOneLine() {
        return new ServerText(pieces.stream().map(piece -> piece.before().contains("\n")
                ? new Piece(" ", piece.text(), piece.value()) : piece).toList(), end.contains("\n") ? ";" : end);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.before()).append(piece.text()));
        return text.append(end).toString();
    }

    private ServerText with(String name, String word, int newIndex) {
        int index = index(name);
        List<Piece> changed = new ArrayList<>(pieces);
        if (index >= 0 && word.isEmpty()) {
            changed.remove(index);
        } else if (index >= 0) {
            changed.set(index, new Piece(pieces.get(index).before(), word, word));
        } else if (!word.isEmpty()) {
            changed.add(newIndex, new Piece(" ", word, word));
        }
        return new ServerText(changed, end);
    }

    private int index(String name) {
        for (int i = pieces.size() - 1; i >= 2; i--) {
            if (pieces.get(i).value().startsWith(name + "=")) {
                return i;
            }
        }
        return -1;
    }
}
