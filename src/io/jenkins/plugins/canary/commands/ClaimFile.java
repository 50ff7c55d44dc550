package io.jenkins.plugins.canary.commands;

import java.time.Duration;

/**
 * The command lines of who watches a held canary. The file {@code watch} says it in one line, {@code <expires> <facts>},
 * the time in seconds of the host's clock; it keeps nobody from taking the lease.
 */
public final class ClaimFile {

    private static final String RENEW = """
            set -e
            umask 077
            now=$(date +%s)
            printf '%s %s\\n' "$((now + $2))" "$3" >"$1/watch.new"
            mv -f -- "$1/watch.new" "$1/watch"
            IFS=' ' read -r fence expires facts <"$1/lease"
            if [ "$expires" -gt "$now" ]; then echo "$fence held"; else echo "$fence free"; fi
            """;

    private static final String READ = """
            [ -s "$1/watch" ] || exit 0
            IFS=' ' read -r expires facts <"$1/watch"
            [ "$expires" -le "$(date +%s)" ] || printf '%s\\n' "$facts"
            """;

    private static final String REMOVE = """
            [ -s "$1/watch" ] || exit 0
            IFS=' ' read -r expires facts <"$1/watch"
            [ "$facts" != "$2" ] || rm -f -- "$1/watch"
            """;

    private ClaimFile() {}

    /**
     * Prints the fence of the lease, and {@code held} or {@code free}.
     *
     * @param facts one line about who watches
     */
    public static Command renew(String stateDirectory, Duration ttl, String facts) {
        return Command.script(RENEW, stateDirectory, Long.toString(ttl.toSeconds()), facts).repeatable();
    }

    /** Prints the facts of who watches; nothing where nobody does. */
    public static Command read(String stateDirectory) {
        return Command.script(READ, stateDirectory).repeatable();
    }

    /** Removes the claim, unless it is another's by now. */
    public static Command remove(String stateDirectory, String facts) {
        return Command.script(REMOVE, stateDirectory, facts).repeatable();
    }
}
