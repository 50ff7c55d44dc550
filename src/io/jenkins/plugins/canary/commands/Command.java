package io.jenkins.plugins.canary.commands;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One command for a host: words, never shell text. A host quotes every word, so no value from a plan can
 * become shell. Secrets go into {@link #input}, which is never logged; words may be.
 *
 * @param words the program and its arguments, at least one
 * @param input what the command reads from standard input; empty: nothing (it reads end of file)
 * @param directory the working directory, or null for the login directory
 * @param timeout after this the host ends the command (exit code 124, as {@code timeout(1)} gives)
 * @param asRoot whether it needs root: on a host with {@code sudo: true} it runs through {@code sudo -n}
 * @param forwardAgent whether the user's SSH agent is offered to it, where the plan's host allows that
 * @param mayRepeat whether running it twice, even at the same time, is as good as once: it may be run again when the
 *     connection dropped meanwhile
 */
public record Command(
        List<String> words, byte[] input, String directory, Duration timeout, boolean asRoot, boolean forwardAgent,
        boolean mayRepeat) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public Command {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command needs at least one word");
        }
        for (String word : words) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a word of a command holds a NUL byte: " + words.get(0));
            }
        }
        input = Objects.requireNonNull(input).clone();
        Objects.requireNonNull(timeout);
    }

    public static Command of(String... words) {
        return of(List.of(words));
    }

    public static Command of(List<String> words) {
        return new Command(words, new byte[0], null, DEFAULT_TIMEOUT, false, false, false);
    }

    /**
     * A fixed script for {@code sh}; the values come in as {@code $1}, {@code $2}, … and so stay words.
     *
     * @param script text from our own source, never built from values
     */
    public static Command script(String script, String... args) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script, "canary"));
        words.addAll(List.of(args));
        return of(words);
    }

    public Command in(String directory) {
        return new Command(words, input, directory, timeout, asRoot, forwardAgent, mayRepeat);
    }

    public Command input(byte[] input) {
        return new Command(words, input, directory, timeout, asRoot, forwardAgent, mayRepeat);
    }

    public Command input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Command timeout(Duration timeout) {
        return new Command(words, input, directory, timeout, asRoot, forwardAgent, mayRepeat);
    }

    public Command root() {
        return new Command(words, input, directory, timeout, true, forwardAgent, mayRepeat);
    }

    public Command withAgent() {
        return new Command(words, input, directory, timeout, asRoot, true, mayRepeat);
    }

    public Command repeatable() {
        return new Command(words, input, directory, timeout, asRoot, forwardAgent, true);
    }

    /** The same command behind other words, such as {@code docker exec proxy}. */
    public Command behind(List<String> prefix) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(words);
        return new Command(all, input, directory, timeout, asRoot, forwardAgent, mayRepeat);
    }

    @Override
    public byte[] input() {
        return input.clone();
    }

    /** For a message: the words as a person would type them; scripts by their first line only. */
    @Override
    public String toString() {
        if (words.size() > 3 && words.get(0).equals("sh") && words.get(1).equals("-c")) {
            List<String> shown = new ArrayList<>(words.subList(4, words.size()));
            shown.add(0, "sh -c '" + words.get(2).strip().lines().findFirst().orElse("") + " …'");
            return String.join(" ", shown);
        }
        return String.join(" ", words);
    }
}
