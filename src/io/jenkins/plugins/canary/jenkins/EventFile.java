package io.jenkins.plugins.canary.jenkins;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The events of one rollout beside its build, one JSON object a line. Only ever appended to. */
final class EventFile {

    private final Path path;

    EventFile(Path path) {
        this.path = path;
    }

    /** Appends a line and hands it to the operating system; a line that a crash cut short gets its end first. */
    synchronized void append(String line) throws IOException {
        Files.createDirectories(path.getParent());
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long end = file.length();
            boolean open = false;
            if (end > 0) {
                file.seek(end - 1);
                open = file.read() != '\n';
            }
            file.seek(end);
            file.write(((open ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The complete lines; none where nothing was appended yet. */
    List<String> lines() throws IOException {
        try {
            // Not with a decoder that throws: a crash may leave half a character.
            String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
