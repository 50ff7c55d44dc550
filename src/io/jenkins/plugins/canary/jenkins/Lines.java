package io.jenkins.plugins.canary.jenkins;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts what comes from a node into lines. */
final class Lines extends OutputStream {

    /** More than any event has; what goes on without a line end is let go. */
    private static final int LONGEST = 1_000_000;

    private final Consumer<String> to;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Consumer<String> to) {
        this.to = to;
    }

    @Override
    public synchronized void write(int b) {
        if (b != '\n') {
            if (line.size() < LONGEST) {
                line.write(b);
            }
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (!text.isEmpty()) {
            to.accept(text);
        }
    }
}
