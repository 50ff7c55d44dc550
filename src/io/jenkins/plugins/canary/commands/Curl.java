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
            curl --silent --insecure --noproxy '*' --max-time 30 --header "Host: $2" --output /dev/null \\
                --dump-header - "$1#[1-$3]" | tr -d '\\r' | grep -i -E '^(HTTP/|X-Canary-)'
            """;

    private static final String GET = """
            curl --silent --show-error --noproxy '*' --max-time "$2" --max-filesize 1000000 \\
                --write-out '\\n%{http_code}' "$1"
            """;

    private Curl() {}

    /** Fails where there is no curl. */
    public static Command version() {
        return Command.of("curl", "--version").repeatable();
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
                .timeout(limit.plusSeconds(10)).repeatable();
    }

    /** Sends requests on one connection and prints their status lines and {@code X-Canary-} headers. */
    public static Command sample(String url, String name, int requests) {
        return Command.script(SAMPLE, url, name, Integer.toString(requests))
                .timeout(Duration.ofSeconds(40)).repeatable();
    }

    /** Prints the body, and on a last line the status. */
    public static Command get(String url, Duration timeout) {
        return Command.script(GET, url, Long.toString(Math.max(1, timeout.toSeconds())))
                .timeout(timeout.plusSeconds(5)).repeatable();
    }
}
