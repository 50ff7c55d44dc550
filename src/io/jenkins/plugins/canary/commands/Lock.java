package io.jenkins.plugins.canary.commands;

import java.time.Duration;

/** The command line of the lock that keeps two rollouts of an app apart. */
public final class Lock {

    /**
     * Held for as long as lines come on standard input, so a deployer that dies gives it back, and so does one whose
     * network died without a word: sshd would keep its session for hours. The holder's facts stand in a file beside
     * it, for whoever is refused; the lock file itself holds who had it last.
     */
    private static final String HOLD = """
            umask 077
            exec 9>>"$1/lease.lock" || exit 1
            if ! flock -n 9; then echo "held $(cat "$1/holder" 2>/dev/null)"; exec cat >/dev/null; fi
            printf '%s' "$2" >"$1/holder.new" && mv -f "$1/holder.new" "$1/holder"
            last=$(cat "$1/lease.lock")
            printf '%s' "$3" >"$1/lease.lock"
            echo "taken $last"
            while timeout "$4" sh -c 'read -r beat'; do :; done
            rm -f "$1/holder"
            """;

    private Lock() {}

    /**
     * Prints {@code taken <who had it last>} or {@code held <facts of the holder>}, and lives until its input ends.
     *
     * @param facts who takes it, one line of JSON
     * @param taker names who takes it among all others, such as a UUID
     * @param silence how long no line may come until the lock is given back, in whole seconds
     */
    public static Command hold(String stateDirectory, String facts, String taker, Duration silence) {
        return Command.script(HOLD, stateDirectory, facts, taker, Long.toString(silence.toSeconds()));
    }
}
