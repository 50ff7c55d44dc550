package io.jenkins.plugins.canary.commands;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The command lines of ports that are picked on a host: {@code ports.json} in an app's state directory has those of its
 * services there, as {@code {"backend":{"stable":8001,"canary":8002}}}. It is a reservation as long as it exists.
 */
public final class PortFile {

    /** The exit code where too few ports are free. */
    public static final int FULL = 3;

    /** Two apps on one host never pick at the same time: the lock is on the directory that has all apps' own. */
    private static final String PICK = """
            root=$1 app=$2 first=$3 last=$4 fixed=$5 mode=$6
            shift 6
            file=$root/$app/ports.json
            if [ "$mode" = reserve ]; then exec 9<"$root" && flock -w 10 9 || exit 1; fi
            # Not by `read`, which asks for a byte at a time: the kernel gives such a file in one go only.
            low=$(awk '{ print $1 }' /proc/sys/net/ipv4/ip_local_port_range)
            high=$(awk '{ print $2 }' /proc/sys/net/ipv4/ip_local_port_range)
            listening=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { sub(/.*:/, "", $2); print "0x" $2 }')
            reserved=$(cat -- "$root"/*/ports.json 2>/dev/null | tr '{,' '\\n\\n' | sed -n 's/.*:\\([0-9][0-9]*\\).*/\\1/p')
            used=" $fixed $(for port in $listening $reserved; do printf '%d ' "$port"; done)"
            port=$first
            next() {
                while [ "$port" -le "$last" ]; do
                    candidate=$port
                    port=$((port + 1))
                    if [ "$candidate" -lt "$low" ] || [ "$candidate" -gt "$high" ]; then
                        case "$used" in *" $candidate "*) ;; *) return ;; esac
                    fi
                done
                echo "no port is left" >&2
                exit 3
            }
            json=
            for service; do
                kept=$(sed -n "s/.*\\"$service\\":{\\"stable\\":\\([0-9]*\\),\\"canary\\":\\([0-9]*\\)}.*/\\1 \\2/p" "$file" 2>/dev/null)
                if [ -n "$kept" ]; then
                    stable=${kept% *} canary=${kept#* }
                elif [ "$mode" = read ]; then
                    continue
                else
                    next; stable=$candidate
                    next; canary=$candidate
                fi
                json="$json${json:+,}\\"$service\\":{\\"stable\\":$stable,\\"canary\\":$canary}"
            done
            json="{$json}"
            printf '%s\\n' "$json"
            [ "$mode" = reserve ] && [ "$json" != "$(cat "$file" 2>/dev/null)" ] || exit 0
            umask 077
            printf '%s\\n' "$json" >"$file.new" && chown --reference="$root/$app" "$file.new" && sync "$file.new" &&
                mv -f -- "$file.new" "$file"
            """;

    private PortFile() {}

    /** What is done about services that have no ports yet. */
    public enum Mode {
        /** They get some, for good. */
        RESERVE,
        /** Those that they would get are said, and nothing is written. */
        FORESEE,
        /** They are left out. */
        READ
    }

    /**
     * Prints the ports of services on this host as the file has them. A pair that was picked earlier stays; one of a
     * service that is not named any more is given back by {@link Mode#RESERVE}. Exit code {@link #FULL}: see there.
     *
     * @param state the directory that has every app's state directory
     * @param fixed ports that the plan itself gives to other services
     */
    public static Command pick(
            String state, String app, int first, int last, Collection<Integer> fixed, Mode mode, List<String> services) {
        List<String> arguments = new ArrayList<>(List.of(state, app, Integer.toString(first), Integer.toString(last),
                fixed.stream().map(String::valueOf).collect(Collectors.joining(" ")),
                mode == Mode.RESERVE ? "reserve" : mode == Mode.FORESEE ? "foresee" : "read"));
        arguments.addAll(services);
        return Command.script(PICK, arguments.toArray(String[]::new)).root().repeatable();
    }
}
