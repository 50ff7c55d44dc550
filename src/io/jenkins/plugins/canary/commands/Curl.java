package io.jenkins.plugins.canary.commands;

import java.time.Duration;

/** Command lines that ask over HTTP from the host itself, where no network lies between. */
public final class Curl {

    /** Time by {@code /proc/uptime}, in hundredths of a second: it needs no process, unlike {@code date}. */
    private static final String AWAIT_GENERATION = """
            url=$1 name=$2 wanted=$3 quiet=$4 limit=$5
            now() { IFS=' ' read -r up idle </proc/uptime; now=${up%.*}${up#*.}; }
            now
            start=$now since= got=
            while :; do
                got=$(curl --silent --insecure --noproxy '*' --max-time 2 --header "Host: $name" \\
                    --header 'Connection: close' "$url")
                now
                case $got in
                    "$wanted "*)
                        : "${since:=$now}"
                        if [ $((now - since)) -ge "$quiet" ]; then printf '%s\\n' "$got"; exit 0; fi ;;
                    *) since= ;;
                esac
                if [ $((now - start)) -ge "$limit" ]; then
                    printf 'the last answer was: %s\\n' "$got" >&2
                    exit 1
                fi
            done
            """;

    private static final String SAMPLE = """
            url=$1 name=$2 bursts=$3 size=$4 pause=$5
            while [ "$bursts" -gt 0 ]; do
                curl --silent --insecure --noproxy '*' --max-time 30 --header "Host: $name" --output /dev/null \\
                    --dump-header - "$url#[1-$size]" | tr -d '\\r' | grep -i -E '^(HTTP/|X-Canary-)'
                bursts=$((bursts - 1))
                [ "$bursts" -eq 0 ] || sleep "$pause"
            done
            """;

    private static final String GET = """
            curl --silent --show-error --noproxy '*' --max-time "$2" --max-filesize 1000000 \\
                --write-out '\\n%{http_code}' "$1"
            """;

    private Curl() {}

    /** Fails where there is no curl. */
    public static Command version() {
        return Command.of("curl", "--version");
    }

    /**
     * Waits until fresh connections have been answered by one generation only, for some time without a break.
     *
     * @param url of the generation marker
     * @param name the probe server's name
     * @param quiet how long only the new generation must answer
     * @param limit after this it fails and says what answered last
     */
    public static Command awaitGeneration(String url, String name, long generation, Duration quiet, Duration limit) {
        return Command.script(
                        AWAIT_GENERATION,
                        url,
                        name,
                        Long.toString(generation),
                        Long.toString(quiet.toMillis() / 10),
                        Long.toString(limit.toMillis() / 10))
                .timeout(limit.plusSeconds(10));
    }

    /**
     * Sends bursts of requests, each burst on one connection, and prints status lines and {@code X-Canary-} headers.
     *
     * @param size requests in a burst
     * @param pause between the bursts
     */
    public static Command sample(String url, String name, int bursts, int size, Duration pause) {
        return Command.script(
                        SAMPLE,
                        url,
                        name,
                        Integer.toString(bursts),
                        Integer.toString(size),
                        pause.toMillis() / 1000 + "." + String.format("%03d", pause.toMillis() % 1000))
                .timeout(pause.multipliedBy(bursts).plusSeconds(30L * bursts));
    }

    /** Prints the body, and on a last line the status. */
    public static Command get(String url, Duration timeout) {
        return Command.script(GET, url, Long.toString(Math.max(1, timeout.toSeconds())))
                .timeout(timeout.plusSeconds(5));
    }
}
