package io.jenkins.plugins.canary.commands;

import java.util.ArrayList;
import java.util.List;

/** Command lines that read and change files on a host. A change is whole or not there at all. */
public final class Files {

    private static final String WRITE = """
            set -e
            umask 077
            mkdir -p -- "$(dirname -- "$1")"
            new=$(mktemp -- "$1.XXXXXX")
            trap 'rm -f -- "$new"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            cat >"$new"
            chmod "$2" "$new"
            sync -- "$new" 2>/dev/null || sync
            mv -f -- "$new" "$1"
            """;

    private static final String KEEP_THEN_WRITE = """
            set -e
            umask 077
            mkdir -p -- "$(dirname -- "$1")"
            new=$(mktemp -- "$1.XXXXXX")
            trap 'rm -f -- "$new"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            cat >"$new"
            mkdir -p -- "$2"
            if [ -f "$1" ]; then
                if cmp -s -- "$1" "$new"; then echo same; exit 0; fi
                [ -e "$2/$3" ] || [ -e "$2/.new-$3" ] || cp -p -- "$1" "$2/$3"
                ls -1 -- "$2" | sort -r | tail -n +"$(($4 + 1))" | while IFS= read -r old; do rm -f -- "$2/$old"; done
                echo "kept $2/$3"
            else
                rm -f -- "$2"/.new-*
                : >"$2/.new-$3"
                echo new
            fi
            sync -- "$new" 2>/dev/null || sync
            mv -f -- "$new" "$1"
            """;

    private static final String RESTORE_KEPT = """
            set -e
            if [ -e "$2/$3" ]; then
                cp -p -- "$2/$3" "$1.canary-new"
                mv -f -- "$1.canary-new" "$1"
                echo back
            elif [ -e "$2/.new-$3" ]; then
                rm -f -- "$1" "$2/.new-$3"
                echo removed
            fi
            """;

    private static final String STATE_DIRECTORY = """
            set -e
            [ -d "$1" ] || mkdir -p -- "$1"
            chmod 700 "$1"
            [ -z "$2" ] || chown "$2" "$1"
            """;

    private static final String READ = "[ ! -e \"$1\" ] || cat -- \"$1\"";

    private static final String READ_ALL = """
            for file in "$1"/*"$2"; do [ ! -f "$file" ] || { cat -- "$file" && echo; } || exit; done
            """;

    private static final String REMOVE_OTHERS = """
            directory=$1 suffix=$2
            shift 2
            for file in "$directory"/*"$suffix"; do
                name=${file##*/}
                for kept; do [ "$name" != "$kept$suffix" ] || continue 2; done
                rm -f -- "$file" || exit
            done
            """;

    private static final String LINK_SHARED = """
            set -e
            stable=$1 canary=$2
            shift 2
            for path; do
                if [ -L "$canary/$path" ]; then continue; fi
                if [ -e "$canary/$path" ]; then echo "$path"; continue; fi
                mkdir -p -- "$(dirname -- "$canary/$path")"
                ln -s -- "$stable/$path" "$canary/$path"
            done
            """;

    private Files() {}

    /** Writes the input to a file: to a new one beside it first, then in its place. */
    public static Command write(String file, String mode) {
        return Command.script(WRITE, file, mode).repeatable();
    }

    /**
     * Writes the input to a file with mode 0600, keeping a copy of what it held before the first write under a name. Prints
     * {@code same}, {@code new} or {@code kept <copy>}.
     *
     * @param kept the directory of copies; the newest ones by name stay
     * @param name the copy's name, rising with time
     */
    public static Command writeKeeping(String file, String kept, String name, int copies) {
        return Command.script(KEEP_THEN_WRITE, file, kept, name, Integer.toString(copies));
    }

    /** Prints a file; nothing where there is none. */
    public static Command readIfThere(String file) {
        return Command.script(READ, file).repeatable();
    }

    /** Prints all files of a directory whose names end so, each followed by an empty line. */
    public static Command readAll(String directory, String suffix) {
        return Command.script(READ_ALL, directory, suffix).repeatable();
    }

    /** Removes the files of a directory whose names end so, but for some. */
    public static Command removeOthers(String directory, String suffix, List<String> kept) {
        List<String> arguments = new ArrayList<>(List.of(directory, suffix));
        arguments.addAll(kept);
        return Command.script(REMOVE_OTHERS, arguments.toArray(String[]::new));
    }

    public static Command remove(String file) {
        return Command.of("rm", "-f", "--", file);
    }

    /** Undoes {@link #writeKeeping} of the same name, if it was done; prints {@code back} or {@code removed} then. */
    public static Command restoreKept(String file, String kept, String name) {
        return Command.script(RESTORE_KEPT, file, kept, name);
    }

    /**
     * Makes the app's state directory, for its owner alone.
     *
     * @param owner who is to own it, or empty for whoever runs this
     */
    public static Command stateDirectory(String directory, String owner) {
        return Command.script(STATE_DIRECTORY, directory, owner).repeatable();
    }

    /** Links shared paths of one slot into the other; prints those where something else stands. */
    public static Command linkShared(String stable, String canary, List<String> paths) {
        String[] arguments = new String[paths.size() + 2];
        arguments[0] = stable;
        arguments[1] = canary;
        for (int i = 0; i < paths.size(); i++) {
            arguments[i + 2] = paths.get(i);
        }
        return Command.script(LINK_SHARED, arguments);
    }
}
