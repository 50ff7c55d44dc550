package io.jenkins.plugins.canary.commands;

/** The command line of the lock that keeps two rollouts of an app apart. */
public final class Lock {

    /**
     * Held for as long as standard input stays open, so a deployer that dies gives it back. The holder's facts stand
     * in a file beside it, for whoever is refused.
     */
    private static final String HOLD = """
            umask 077
            exec 9>>"$1/lease.lock" || exit 1
            if ! flock -n 9; then echo "held $(cat "$1/holder" 2>/dev/null)"; exec cat >/dev/null; fi
            printf '%s' "$2" >"$1/holder.new" && mv -f "$1/holder.new" "$1/holder"
            echo taken
            cat >/dev/null
            rm -f "$1/holder"
            """;

    private Lock() {}

    /**
     * Prints {@code taken}, or {@code held <facts of the holder>}, and lives until its input ends.
     *
     * @param facts who takes it, one line of JSON
     */
    public static Command hold(String stateDirectory, String facts) {
        return Command.script(HOLD, stateDirectory, facts);
    }
}
