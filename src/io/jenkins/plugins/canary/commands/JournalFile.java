package io.jenkins.plugins.canary.commands;

/** The command lines of a file that only ever grows, a line at a time. */
public final class JournalFile {

    /** A line that a crash cut short is ended first, so that it spoils no other. */
    private static final String APPEND = """
            set -e
            umask 077
            if [ -s "$1" ] && [ -n "$(tail -c 1 -- "$1")" ]; then echo >>"$1"; fi
            sed "s/@HOST_TIME@/$(date -u +%Y-%m-%dT%H:%M:%SZ)/" >>"$1"
            sync -- "$1" 2>/dev/null || sync
            """;

    /** What a line has in place of the host's time. */
    public static final String HOST_TIME = "@HOST_TIME@";

    private JournalFile() {}

    /** Appends the input, whole lines, with the host's time put in. */
    public static Command append(String file) {
        return Command.script(APPEND, file);
    }
}
