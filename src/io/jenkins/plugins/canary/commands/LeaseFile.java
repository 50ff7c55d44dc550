package io.jenkins.plugins.canary.commands;

import java.time.Duration;

/**
 * The command lines of the right to change an app. On each host the file {@code lease} says in one line who has it:
 * {@code <fence> <expires> <facts>}, the time in seconds of the host's clock. The fence only grows. The lock beside it
 * is held for milliseconds; long work runs without one.
 */
public final class LeaseFile {

    /** The exit code of {@link #check} where the lease is another's, or over. */
    public static final int NOT_OURS = 76;

    /**
     * Ends every process of the sessions that were noted, and what they started in sessions of their own: TERM for two
     * seconds, then KILL. A session's number is not given anew while one of its processes lives, so where its first
     * process is gone the rest is what we mean; where another process has its number nothing is left of ours.
     */
    private static final String END_SESSIONS = """
            members() {
                cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\\([0-9]*\\) (.*) [A-Za-z] /\\1 /' | awk -v session="$1" '
                    { parent[$1] = $2; if ($4 == session) of[$1] = 1 }
                    END {
                        do { more = 0; for (p in parent) if (!(p in of) && parent[p] in of) { of[p] = 1; more = 1 } } while (more)
                        for (p in of) print p
                    }'
            }
            for file in "$dir"/sessions/*-*; do
                [ -e "$file" ] || continue
                session=${file##*-}
                start=$(sed 's/^.*) //' "/proc/$session/stat" 2>/dev/null | cut -d' ' -f20)
                if [ -z "$start" ] || [ "$start" = "$(cat "$file")" ]; then
                    tries=0
                    while left=$(members "$session") && [ -n "$left" ] && [ "$tries" -lt 50 ]; do
                        if [ "$tries" -lt 20 ]; then kill -TERM $left; else kill -KILL $left; fi 2>/dev/null
                        tries=$((tries + 1))
                        sleep 0.1
                    done
                fi
                rm -f -- "$file"
            done
            """;

    /** What a deployer that lost its lease left running is ended before another may begin. */
    private static final String TAKE = """
            umask 022
            dir=$1 ttl=$2 facts=$3 force=$4
            mkdir -p -- "$dir/sessions"
            chown --reference="$dir" "$dir/sessions" 2>/dev/null
            exec 9>>"$dir/lease.lock"
            flock -w 5 9 || { echo "$dir/lease.lock is held by a process that should need it for milliseconds" >&2; exit 1; }
            fence=0 expires=0 holder=
            [ ! -s "$dir/lease" ] || IFS=' ' read -r fence expires holder <"$dir/lease"
            now=$(date +%s)
            # Two names of a plan may lead to one machine.
            if [ "$expires" -gt "$now" ] && [ "$holder" = "$facts" ]; then echo "taken $fence 0"; exit 0; fi
            if [ "$expires" -gt "$now" ] && [ "$force" = no ]; then printf 'held %s\\n' "$holder"; exit 0; fi
            """ + END_SESSIONS + """
            now=$(date +%s)
            printf '%s %s %s\\n' "$((fence + 1))" "$((now + ttl))" "$facts" >"$dir/lease.new"
            mv -f -- "$dir/lease.new" "$dir/lease"
            sync
            printf 'taken %s %s %s\\n' "$((fence + 1))" "$expires" "$holder"
            """;

    private static final String RENEW = """
            umask 022
            dir=$1 mine=$2 ttl=$3
            exec 9>>"$dir/lease.lock"
            flock -w 5 9 || exit 1
            IFS=' ' read -r fence expires facts <"$dir/lease"
            if [ "$fence" != "$mine" ]; then printf 'lost %s\\n' "$facts"; exit 0; fi
            now=$(date +%s)
            [ "$ttl" -gt 0 ] || { now=0; rm -f -- "$dir/sessions/$mine"-*; }
            printf '%s %s %s\\n' "$fence" "$((now + ttl))" "$facts" >"$dir/lease.new"
            mv -f -- "$dir/lease.new" "$dir/lease"
            echo renewed
            """;

    /** Also notes the session that it runs in, so that what follows in it can be ended by a successor. */
    private static final String CHECK = """
            dir=$1 mine=$2 least=$3
            fence=none expires=0 facts=
            IFS=' ' read -r fence expires facts <"$dir/lease" 2>/dev/null
            if [ "$fence" != "$mine" ] || [ "$((expires - $(date +%s)))" -lt "$least" ]; then
                printf '%s\\n' "$facts" >&2
                exit 76
            fi
            session=$(sed 's/^.*) //' "/proc/$$/stat" | cut -d' ' -f4)
            [ -e "$dir/sessions/$mine-$session" ] ||
                sed 's/^.*) //' "/proc/$session/stat" 2>/dev/null | cut -d' ' -f20 >"$dir/sessions/$mine-$session"
            """;

    private static final String END_OWN = "dir=$1\n" + END_SESSIONS;

    private static final String READ = "[ ! -s \"$1/lease\" ] || { date +%s; cat \"$1/lease\"; }";

    private LeaseFile() {}

    /**
     * Prints {@code held <facts>}, or {@code taken <fence> <expiry of the lease before> <facts of it>}.
     *
     * @param facts one line about the taker
     * @param force whether a lease that is not over is broken
     */
    public static Command take(String stateDirectory, Duration ttl, String facts, boolean force) {
        return Command.script(TAKE, stateDirectory, seconds(ttl), facts, force ? "force" : "no").root();
    }

    /** Prints {@code renewed}, or {@code lost <facts of the new holder>}. */
    public static Command renew(String stateDirectory, long fence, Duration ttl) {
        return Command.script(RENEW, stateDirectory, Long.toString(fence), seconds(ttl)).root().repeatable();
    }

    /** Gives the lease back; the fence stays. */
    public static Command release(String stateDirectory, long fence) {
        return renew(stateDirectory, fence, Duration.ZERO);
    }

    /**
     * Fails with {@link #NOT_OURS}, and the holder's facts on standard error, unless the lease is ours for some time yet.
     *
     * @param least how long what follows in the same exchange may take
     */
    public static Command check(String stateDirectory, long fence, Duration least) {
        return Command.script(CHECK, stateDirectory, Long.toString(fence), seconds(least)).repeatable();
    }

    /** Ends what exchanges under the lease left running when the connection to them was lost. */
    public static Command endSessions(String stateDirectory) {
        return Command.script(END_OWN, stateDirectory).root().repeatable();
    }

    /** Prints the host's time and the lease, a line each; nothing where there never was one. */
    public static Command read(String stateDirectory) {
        return Command.script(READ, stateDirectory).root().repeatable();
    }

    private static String seconds(Duration time) {
        return Long.toString(time.toSeconds());
    }
}
