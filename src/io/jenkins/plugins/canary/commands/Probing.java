package io.jenkins.plugins.canary.commands;

/** Command lines that look whether something would work, and change nothing. */
public final class Probing {

    private static final String CAN_MAKE = """
            at=$1
            while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done
            [ -d "$at" ] && [ -w "$at" ] || { echo "$(id -un) may not write to $at" >&2; exit 1; }
            """;

    private static final String FREE = """
            at=$1
            while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done
            df -Pk -- "$at" | awk 'NR == 2 { printf "%.0f\\n", $4 * 1024 }'
            """;

    /** A file system without a fixed number of inodes says that it has none at all. */
    private static final String FREE_INODES = """
            at=$1
            while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done
            df -Pi -- "$at" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4 }'
            """;

    private Probing() {}

    /** Fails where a directory is not there and can't be made, or is not writable. */
    public static Command canMake(String directory) {
        return Command.script(CAN_MAKE, directory).repeatable();
    }

    /** Prints how many bytes are free where a path is or will be. */
    public static Command freeBytes(String path) {
        return Command.script(FREE, path).root().repeatable();
    }

    /** Prints how many inodes are free there, or nothing where their number is not limited or not known. */
    public static Command freeInodes(String path) {
        return Command.script(FREE_INODES, path).root().repeatable();
    }

    /** Prints the host's time in whole seconds since 1970. */
    public static Command clock() {
        return Command.of("date", "+%s").repeatable();
    }

    public static Command has(String program) {
        return Command.script("command -v \"$1\"", program).repeatable();
    }
}
