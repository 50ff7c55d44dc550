package io.jenkins.plugins.canary.commands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Command lines for one NGINX: its files and its signals.
 *
 * @param place the words that lead to where it runs, such as {@code docker exec -i proxy}; none on the host itself
 * @param program how it is called there, such as {@code sudo -n nginx}
 * @param container the container it runs in, if any
 */
public record Nginx(List<String> place, List<String> program, Optional<String> container) {

    private static final Duration TEST = Duration.ofSeconds(60);

    /** {@code docker exec} options that take a value as a word of their own (Docker's reference for exec). */
    private static final List<String> EXEC_OPTIONS_WITH_VALUE =
            List.of("-u", "--user", "-e", "--env", "-w", "--workdir", "--env-file", "--detach-keys");

    /** {@code nginx -T} names the files; they are read themselves, since a file may hold the line that it prints. */
    private static final String READ = """
            dump=$(mktemp)
            trap 'rm -f "$dump" "$dump.err" "$dump.file"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            "$@" -T >"$dump" 2>"$dump.err" || { cat "$dump.err" >&2; exit 1; }
            sed -n 's/^# configuration file \\(.*\\):$/\\1/p' "$dump" | awk '!seen[$0]++' | while IFS= read -r file; do
                # Opened once: another app's rollout may put a new file in its place between two looks.
                [ -f "$file" ] && cat -- "$file" >"$dump.file" || continue
                printf '%s %s\\n' "$(wc -c <"$dump.file" | tr -d ' ')" "$file"
                cat -- "$dump.file"
            done
            """;

    private static final String STAGE = "umask 077; cat >\"$1\"";

    private static final String BACKUP = "umask 077; mkdir -p -- \"$(dirname -- \"$2\")\" && cp -p -- \"$1\" \"$2\"";

    /**
     * Exit code 9 is ours: the file is not the one that was read. Nothing has been written then. The lock keeps apart
     * the rollouts of several apps, between the look at the file and the rename.
     */
    private static final String REPLACE = """
            set -e
            target=$(readlink -f -- "$1")
            directory=$(dirname -- "$target")
            umask 022
            mkdir -p -- "$directory"
            new=$(mktemp -- "$directory/.$(basename -- "$target").canary-new.XXXXXX")
            trap 'rm -f -- "$new"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            exec 9<"$directory"
            if [ "$2" = none ]; then
                chmod 644 "$new"
                cat >"$new"
                flock 9
                [ ! -e "$target" ] || exit 9
            else
                cp -p -- "$target" "$new"
                cat >"$new"
                flock 9
                [ "$(sha256sum <"$target" | cut -d' ' -f1)" = "$2" ] || exit 9
            fi
            sync -- "$new" 2>/dev/null || sync
            mv -f -- "$new" "$target"
            """;

    /** A file that is bind-mounted alone into a container must keep its inode: a rename is not seen inside. */
    private static final String REPLACE_IN_PLACE = """
            set -e
            new=$(mktemp)
            trap 'rm -f -- "$new"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            cat >"$new"
            exec 9<"$1"
            flock 9
            [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ] || exit 9
            # Half a file would be worse than a late one.
            trap '' HUP INT TERM PIPE
            cat "$new" >"$1"
            sync
            """;

    /** The exit code of {@link #replace} where the file was edited since it was read. */
    public static final int EDITED_MEANWHILE = 9;

    public Nginx {
        place = List.copyOf(place);
        program = List.copyOf(program);
    }

    /** @param command words with spaces between, as a plan has them */
    public static Nginx of(String command) {
        List<String> words = Arrays.asList(command.strip().split("\\s+"));
        int exec = words.indexOf("exec");
        if (exec < 1) {
            return new Nginx(List.of(), words, Optional.empty());
        }
        int at = exec + 1;
        while (at < words.size() && words.get(at).startsWith("-")) {
            at += EXEC_OPTIONS_WITH_VALUE.contains(words.get(at)) ? 2 : 1;
        }
        if (at + 1 >= words.size()) {
            throw new IllegalArgumentException("nginx.command \"" + command
                    + "\" names no program after the container; write it as `docker exec <container> nginx`");
        }
        List<String> place = new ArrayList<>(words.subList(0, exec + 1));
        place.add("-i");
        place.addAll(words.subList(exec + 1, at + 1));
        return new Nginx(place, words.subList(at + 1, words.size()), Optional.of(words.get(at)));
    }

    /** The same command where NGINX runs: on the host, or in its container. */
    public Command there(Command command) {
        return (place.isEmpty() ? command : command.behind(place)).root();
    }

    /**
     * Prints every file that NGINX loads, the main one first: a line {@code <bytes> <path>}, then the file. Fails with
     * NGINX's own words where the configuration is not valid.
     */
    public Command read() {
        return there(Command.script(READ, program.toArray(String[]::new)).timeout(TEST)).repeatable();
    }

    /** Tests the configuration that a main file, such as a staged one, makes. */
    public Command test(String mainFile) {
        return there(Command.of(with("-t", "-q", "-c", mainFile)).timeout(TEST));
    }

    public Command reload() {
        return there(Command.of(with("-s", "reload")).timeout(TEST));
    }

    /** Writes the input to a file that NGINX does not load by itself. */
    public Command stage(String file) {
        return there(Command.script(STAGE, file));
    }

    public Command unstage(List<String> files) {
        List<String> words = new ArrayList<>(List.of("rm", "-f", "--"));
        words.addAll(files);
        return there(Command.of(words)).repeatable();
    }

    /** Lists the container's mounts as JSON. */
    public static Command mounts(String container) {
        return Command.of("docker", "inspect", "--format", "{{json .Mounts}}", container).root().repeatable();
    }

    /** Copies a file on the host, with owner, mode and time. */
    public static Command backup(String file, String copy) {
        return Command.script(BACKUP, file, copy).root();
    }

    /**
     * Puts the input in a file's place with one rename, owner and mode as before.
     *
     * @param sha256 of the file as it was read, or {@code none} for one that must not be there; see
     *     {@link #EDITED_MEANWHILE}
     */
    public static Command replace(String file, String sha256) {
        return Command.script(REPLACE, file, sha256).root();
    }

    /** As {@link #replace}, but the file keeps its inode. */
    public static Command replaceInPlace(String file, String sha256) {
        return Command.script(REPLACE_IN_PLACE, file, sha256).root();
    }

    private List<String> with(String... arguments) {
        List<String> words = new ArrayList<>(program);
        words.addAll(List.of(arguments));
        return words;
    }
}
