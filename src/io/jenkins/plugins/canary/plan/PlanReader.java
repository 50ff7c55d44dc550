package io.jenkins.plugins.canary.plan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads plans: YAML 1.2, checked as a whole, so that one look at the message is enough to put a plan right. */
public final class PlanReader {

    /** More than any text of {@link YamlText#MAX_LENGTH} characters takes in UTF-8. */
    private static final long MAX_BYTES = 4L * YamlText.MAX_LENGTH;

    private PlanReader() {}

    /**
     * Reads a plan from a file in UTF-8.
     *
     * @throws PlanException if it cannot be read or anything in it is wrong
     */
    public static Plan read(Path file) {
        String name = file.toString();
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw unreadable(name, "it is a directory", "name the plan in it", null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(name, "it has " + Files.size(file) + " bytes", "see that this is the plan", null);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException error) {
            throw unreadable(name, "there is no such file", "run in the working copy that has it, or name it", error);
        } catch (AccessDeniedException error) {
            throw unreadable(name, "permission denied", "let the user " + System.getProperty("user.name")
                    + " read it", error);
        } catch (IOException error) {
            throw unreadable(name, String.valueOf(error.getMessage()), "", error);
        }
        return read(name, decode(name, bytes));
    }

    /**
     * Reads a plan from a text.
     *
     * @param name what messages call it
     * @throws PlanException if anything in it is wrong
     */
    public static Plan read(String name, String yaml) {
        Diagnosis diagnosis = new Diagnosis();
        Optional<Plan> plan = YamlText.compose(yaml, diagnosis)
                .flatMap(root -> new Binder(diagnosis).bind(Plan.class, root));
        plan.ifPresent(read -> new Checks(read, diagnosis).run());
        if (!diagnosis.problems().isEmpty()) {
            throw new PlanException(name, diagnosis.problems());
        }
        return plan.orElseThrow();
    }

    /** What a plan would read as a duration, such as {@code 500ms}, {@code 30s}, {@code 5m} or {@code 1h}. */
    public static Optional<Duration> duration(String text) {
        return ScalarType.duration(text).map(Duration.class::cast);
    }

    private static String decode(String name, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            Place place = Place.after(text);
            throw new PlanException(name, List.of(new Problem(place.line(), place.column(), "",
                    "is not UTF-8: byte 0x%02X".formatted(bytes[in.position()]), "save the file as UTF-8")));
        }
        return text;
    }

    private static PlanException unreadable(String name, String reason, String suggestion, Throwable cause) {
        return new PlanException(name, new Problem(0, 0, "", "cannot be read: " + reason, suggestion), cause);
    }
}
