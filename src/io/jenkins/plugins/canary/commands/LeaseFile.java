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
     * Ends every process of the sessions that were noted, but for those of the fence to spare, and what they started in
     * sessions of their own: TERM for two seconds, then KILL. A session's number is not given anew while one of its
     * processes lives, so where its first process is gone the rest is what we mean; where another process has its number
     * nothing is left of ours. Nobody goes on beside one that can't be ended.
     */
    private static final String END_SESSIONS = """
            members() {
                cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^\\([0-9]*\\) (.*) [^ZX] /\\1 /p' | awk -v session="$1" '
                    { parent[$1] = $2; if ($4 == session) of[$1] = 1 }
                    END {
                        do { more = 0; for (p in parent) if (!(p in of) && parent[p] in of) { of[p] = 1; more = 1 } } while (more)
                        for (p in of) print p
                    }'
            }
            for file in "$dir"/sessions/$of-*; do
                [ -e "$file" ] || continue
                case ${file##*/} in "$spare"-*) continue ;; esac
                session=${file##*-}
                start=$(sed 's/^.*) //' "/proc/$session/stat" 2>/dev/null | cut -d' ' -f20)
                if [ -z "$start" ] || [ "$start" = "$(cat "$file")" ]; then
                    tries=0
                    while left=$(members "$session") && [ -n "$left" ]; do
                        if [ "$tries" -ge 50 ]; then
                            echo "these processes of an earlier rollout do not end, not even by KILL:" $left >&2
                            exit 1
                        fi
                        if [ "$tries" -lt 20 ]; then kill -TERM $left; else kill -KILL $left; fi 2>/dev/null
                        tries=$((tries + 1))
                        sleep 0.1
                    done
                fi
                rm -f -- "$file"
            done
            """;

    /** Writes the lease, whole or not at all: on a full disk the earlier one stays. */
    private static final String NOTE = """
            note() {
                # A shell's own printf does not say what is wrong with the disk; cat does.
                if printf '%s %s %s\\n' "$1" "$2" "$3" | cat >"$dir/lease.new" &&
                    { sync -- "$dir/lease.new" 2>/dev/null || sync; } && mv -f -- "$dir/lease.new" "$dir/lease"
                then return; fi
                rm -f -- "$dir/lease.new"
                exit 1
            }
            """;

    /**
     * What a deployer that lost its lease left running is ended before another may begin. The fence is raised before
     * that: an exchange that looks at the lease later is refused, and one that looked earlier had noted its session.
     */
    private static final String TAKE = NOTE + """
            umask 022
            dir=$1 ttl=$2 facts=$3 force=$4 of='*'
            mkdir -p -- "$dir/sessions"
            chown --reference="$dir" "$dir/sessions" 2>/dev/null
            exec 9>>"$dir/lease.lock"
            flock -w 5 9 || { echo "$dir/lease.lock is held by a process that should need it for milliseconds" >&2; exit 1; }
            fence=0 expires=0 holder=
            [ ! -s "$dir/lease" ] || IFS=' ' read -r fence expires holder <"$dir/lease"
            now=$(date +%s)
            if [ "$expires" -gt "$now" ] && [ "$holder" = "$facts" ]; then
                # Two names of a plan lead to one machine, or the first answer was lost on its way.
                spare=$fence expires=0
            else
                if [ "$expires" -gt "$now" ] && [ "$force" = no ]; then printf 'held %s\\n' "$holder"; exit 0; fi
                spare=$((fence + 1))
                note "$spare" "$((now + ttl))" "$facts"
            fi
            """ + END_SESSIONS + """
            note "$spare" "$(($(date +%s) + ttl))" "$facts"
            printf 'taken %s %s %s\\n' "$spare" "$expires" "$holder"
            """;

    private static final String RENEW = NOTE + """
            umask 022
            dir=$1 mine=$2 ttl=$3
            exec 9>>"$dir/lease.lock"
            flock -w 5 9 || exit 1
            IFS=' ' read -r fence expires facts <"$dir/lease"
            if [ "$fence" != "$mine" ]; then printf 'lost %s\\n' "$facts"; exit 0; fi
            now=$(date +%s)
            [ "$ttl" -gt 0 ] || { now=0; rm -f -- "$dir/sessions/$mine"-*; }
            note "$fence" "$((now + ttl))" "$facts"
            echo renewed
            """;

    /**
     * First notes the session that it runs in, so that what follows in it can be ended by a successor, then looks: the
     * other way round a successor could come between, and find nothing to end.
     */
    private static final String CHECK = """
            dir=$1 mine=$2 least=$3
            read -r stat <"/proc/$$/stat"
            set -- ${stat##*) }
            session=$4
            stat=
            read -r stat <"/proc/$session/stat"
            set -- ${stat##*) }
            note=$dir/sessions/$mine-$session noted=none
            [ ! -e "$note" ] || read -r noted <"$note"
            if [ "$noted" != "${20}" ]; then printf '%s\\n' "${20}" | cat >"$note" || exit 1; fi
            fence=none expires=0 facts=
            [ ! -e "$dir/lease" ] || IFS=' ' read -r fence expires facts <"$dir/lease"
            if [ "$fence" != "$mine" ] || [ "$((expires - $(date +%s)))" -lt "$least" ]; then
                [ "$fence" = "$mine" ] || rm -f -- "$note"
                printf '%s\\n' "$facts" >&2
                exit 76
            fi
            """;

    private static final String END_OWN = "dir=$1 of=$2 spare=none\n" + END_SESSIONS;

    private static final String READ = "[ ! -s \"$1/lease\" ] || { date +%s; cat \"$1/lease\"; }";

    private LeaseFile() {}

    /**
     * Prints {@code held <facts>}, or {@code taken <fence> <expiry of the lease before> <facts of it>}. Who has it already
     * keeps it, and its sessions.
     *
     * @param facts one line about the taker, which no other taker has
     * @param force whether a lease that is not over is broken
     */
    public static Command take(String stateDirectory, Duration ttl, String facts, boolean force) {
        return Command.script(TAKE, stateDirectory, seconds(ttl), facts, force ? "force" : "no").root()
                .repeatable();
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

    /**
     * Ends what exchanges under a lease left running when the connection to them was lost.
     *
     * @param fence of that lease: whoever took it since is not touched
     */
    public static Command endSessions(String stateDirectory, long fence) {
        return Command.script(END_OWN, stateDirectory, Long.toString(fence)).root().repeatable();
    }

    /** Prints the host's time and the lease, a line each; nothing where there never was one. */
    public static Command read(String stateDirectory) {
        return Command.script(READ, stateDirectory).root().repeatable();
    }

    private static String seconds(Duration time) {
        return Long.toString(time.toSeconds());
    }
}
