package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.commands.Command;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Commands as one script for a POSIX {@code sh} (dash, BusyBox, bash) on its standard input, and the reading of
 * what that script answers. Pure: text in, text out.
 *
 * <p>The script is one compound command, so a shell that gets only a part of it runs none of it; it is a subshell,
 * so that the same shell can run the next one (a new one costs the login shell's rc files again). Inputs are
 * here-documents in base64: they never are arguments, environment or (in dash) a file. Outputs go to a private
 * directory first, so neither a slow reader nor a daemon that a command left behind holds up the exchange, and
 * come back in base64 between lines that start with a random mark: whatever a login shell's rc files print
 * cannot be taken for an answer. A command's answer is written when the command ends; once the connection is gone,
 * that write fails and the rest of the batch does not start.
 */
final class Exchange {

    /** Outputs of one exchange, decoded; what is larger is no answer but a mistake. */
    static final int OUTPUT_LIMIT = 64 << 20;

    /** From TERM at the timeout to KILL. */
    private static final int KILL_AFTER_SECONDS = 5;

    /** For login, transfer and a busy host, on top of the commands' own timeouts. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<Command> commands;
    private final boolean sudo;
    private final String mark;

    /**
     * @param sudo whether commands that need root get it by {@code sudo -n}
     * @param mark starts each line that is ours; a character outside base64 comes first
     */
    Exchange(List<Command> commands, boolean sudo, String mark) {
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("an exchange needs at least one command");
        }
        this.commands = List.copyOf(commands);
        this.sudo = sudo;
        this.mark = mark;
    }

    static Exchange of(List<Command> commands, boolean sudo) {
        return new Exchange(commands, sudo, "@" + new BigInteger(128, RANDOM).toString(36));
    }

    boolean throughSudo(Command command) {
        return sudo && command.asRoot();
    }

    /** When to give the answer up: all commands at their timeout, and slack. */
    Duration limit() {
        return commands.stream()
                .map(command -> Duration.ofSeconds(seconds(command) + KILL_AFTER_SECONDS))
                .reduce(SLACK, Duration::plus);
    }

    /** Runs the commands in order, stops after the first that fails, and answers for each. */
    byte[] batch() {
        String body = commands.stream().map(this::step).collect(Collectors.joining());
        return ("(\nm='" + mark + "'\n" + PRELUDE + body + "say end\nexit 0\n)\n"
                + "printf '%s over %s\\n' '" + mark + "' $?\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Non-login shells of ordinary users often lack the {@code sbin} directories, where {@code nginx} is.
     *
     * <p>An end by KILL (and any at all in BusyBox's {@code timeout}) shows as death by signal, so the clock tells
     * whether it was the timeout: 124 everywhere. The 4 KiB written to {@code p} find a full disk, which a
     * command may not mention, or only on a standard error that was lost with it.
     */
    private static final String PRELUDE = """
            PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
            export PATH
            unset CDPATH
            say() { printf '%s %s\\n' "$m" "$1"; }
            printf '\\n'
            say run
            for x in base64 mktemp timeout rm; do
            command -v $x >/dev/null || { say "fault missing $x"; exit 1; }
            done
            d=$(mktemp -d "${TMPDIR:-/tmp}/canary.XXXXXXXXXX" 2>&1) || { say "fault directory $d"; exit 1; }
            trap 'rm -rf "$d"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            begin() { t=; read -r t x 2>/dev/null </proc/uptime; }
            answer() {
            s=$1
            case $s in
            137|143) [ -n "$t" ] && read -r u x </proc/uptime && [ $((${u%.*} - ${t%.*})) -ge $2 ] && s=124;;
            esac
            { printf %4096s x >"$d/p"; } 2>/dev/null || { say "fault full $s $d"; exit 1; }
            say out
            [ -s "$d/o" ] && base64 "$d/o"
            say err
            [ -s "$d/e" ] && base64 "$d/e"
            say "exit $s" || exit 1
            [ "$s" = 0 ] || { say end; exit 0; }
            }
            """;

    private String step(Command command) {
        long seconds = seconds(command);
        byte[] input = command.input();
        String outputs = " >\"$d/o\" 2>\"$d/e\"\n";
        String call = input.length == 0
                ? "(c) </dev/null" + outputs
                : "base64 -d <<'" + mark + "' | (c)" + outputs
                        + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(input) + "\n" + mark + "\n";
        return function(command, seconds) + "begin\n" + call + "answer $? " + seconds + "\n";
    }

    /**
     * The command as the function {@code c}, to be run in a subshell, which it replaces. {@code timeout} goes
     * inside {@code sudo}: an ordinary user may not signal a process of root.
     */
    private String function(Command command, long seconds) {
        boolean root = throughSudo(command);
        List<String> words = new ArrayList<>();
        if (root) {
            words.addAll(List.of("sudo", "-n", "--"));
        }
        words.addAll(List.of("timeout", "-k", "" + KILL_AFTER_SECONDS, "" + seconds));
        String enter = "";
        if (command.directory() != null) {
            if (root) {
                words.addAll(List.of("sh", "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", command.directory()));
            } else {
                enter = "cd -- " + quoted(command.directory()) + " || exit\n";
            }
        }
        words.addAll(command.words());
        return "c() {\n"
                + (command.forwardAgent() ? "" : "unset SSH_AUTH_SOCK\n")
                + enter
                + "exec " + words.stream().map(Exchange::quoted).collect(Collectors.joining(" ")) + "\n}\n";
    }

    private static String quoted(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a shell word cannot hold a NUL byte");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** {@code timeout} of BusyBox takes whole seconds, and 0 would mean no limit. */
    private static long seconds(Command command) {
        return Math.max(1, command.timeout().plusNanos(999_999_999).toSeconds());
    }

    /**
     * What came back.
     *
     * @param begun whether the script ran at all
     * @param results one for each command that ended
     * @param fault why the script gave up, in its own words; empty: it did not
     * @param complete whether all that was to be said was said
     * @param before what was printed before the script ran
     */
    record Answer(boolean begun, List<Result> results, String fault, boolean complete, String before) {}

    /** Reads the answer to {@link #batch}, up to its end. */
    Answer read(InputStream stream) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1));
        var before = new Head();
        var results = new ArrayList<Result>();
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var into = out;
        boolean begun = false;
        long size = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith(mark)) {
                if (begun) {
                    // Lines of base64(1) are whole quanta: 76 characters, and the last one padded.
                    byte[] bytes = Base64.getDecoder().decode(line);
                    size += bytes.length;
                    if (size > OUTPUT_LIMIT) {
                        return new Answer(true, results, "large", false, before.text());
                    }
                    into.writeBytes(bytes);
                } else {
                    before.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                continue;
            }
            String[] said = utf8(line).substring(mark.length()).strip().split(" ", 2);
            switch (said[0]) {
                case "run" -> begun = true;
                case "out" -> into = out = new ByteArrayOutputStream();
                case "err" -> into = err = new ByteArrayOutputStream();
                case "exit" -> results.add(new Result(
                        commands.get(results.size()),
                        Integer.parseInt(said[1]),
                        out.toByteArray(),
                        err.toByteArray()));
                case "fault" -> {
                    return new Answer(begun, results, said[1], false, before.text());
                }
                case "over" -> {
                    return new Answer(begun, results, "killed " + said[1], false, before.text());
                }
                case "end" -> {
                    return new Answer(begun, results, "", true, before.text());
                }
                default -> throw new IOException("an answer that the script cannot give: " + line);
            }
        }
        return new Answer(begun, results, "", false, before.text());
    }

    /** A line was read byte for byte, since what a host prints need not be UTF-8. */
    private static String utf8(String line) {
        return new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
