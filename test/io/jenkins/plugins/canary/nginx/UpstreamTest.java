package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UpstreamTest {

    private static final int STABLE = 8081;
    private static final int CANARY = 8082;
    private static final Weights ZERO = new Weights(0, 1000);
    private static final Weights TENTH = new Weights(100, 900);
    private static final Weights MOST = new Weights(999, 1);
    private static final Weights FULL = new Weights(1000, 0);
    private static final List<Weights> ALL = List.of(ZERO, Weights.MINIMUM, TENTH, new Weights(700, 300), MOST, FULL);

    @Test
    void changesOnlyTheTwoLines() {
        ConfigFile file = file("""
                # top
                upstream app {
                    least_conn;   # keep
                    server 127.0.0.1:8081  weight=5   max_fails=3 fail_timeout=10s;  # blue
                    server 127.0.0.1:8082 max_conns=7;
                    keepalive 16;
                }
                server { listen 80; }
                """);
        assertThat(text(weighted(file, TENTH))).isEqualTo("""
                # top
                upstream app {
                    least_conn;   # keep
                    server 127.0.0.1:8081  weight=900   max_fails=3 fail_timeout=10s;  # blue
                    server 127.0.0.1:8082 weight=100 max_conns=7;
                    keepalive 16;
                }
                server { listen 80; }
                """);
        assertThat(text(weighted(file, Weights.MINIMUM))).contains("""
                    server 127.0.0.1:8081  weight=999   max_fails=0 fail_timeout=10s;  \
                # blue # canary-deploy: had max_fails=3
                    server 127.0.0.1:8082 weight=1 max_conns=7;
                """);
        assertThat(text(weighted(file, MOST))).contains("""
                    server 127.0.0.1:8081  weight=1   max_fails=3 fail_timeout=10s;  # blue
                    server 127.0.0.1:8082 weight=999 max_conns=7 max_fails=0; # canary-deploy: had no max_fails
                """);
        assertThat(text(weighted(file, ZERO))).contains("""
                    server 127.0.0.1:8081  weight=1000   max_fails=3 fail_timeout=10s;  # blue
                    # canary-deploy: server 127.0.0.1:8082 weight=1 max_conns=7;
                """);
        assertThat(text(weighted(file, FULL))).contains("""
                    # canary-deploy: server 127.0.0.1:8081  weight=1   max_fails=3 fail_timeout=10s;  # blue
                    server 127.0.0.1:8082 weight=1000 max_conns=7;
                """);
    }

    @Test
    void addsAMissingCanaryAfterTheStableServer() {
        ConfigFile file = file("upstream app {\n\tserver 10.0.0.1:8081 max_fails=2 weight=3; # x\n\tzone a 64k;\n}\n");
        assertThat(text(weighted(file, TENTH))).isEqualTo("upstream app {\n"
                + "\tserver 10.0.0.1:8081 max_fails=2 weight=900; # x\n"
                + "\tserver 10.0.0.1:8082 max_fails=2 weight=100;\n\tzone a 64k;\n}\n");
        assertThat(text(weighted(file, ZERO))).doesNotContain("8082");
    }

    @Test
    void splitsALineWhereACommentMustEndIt() {
        ConfigFile file = file("upstream app { server a:8081; server a:8082; }");
        assertThat(text(weighted(file, TENTH)))
                .isEqualTo("upstream app { server a:8081 weight=900; server a:8082 weight=100; }");
        assertThat(text(weighted(file, ZERO))).isEqualTo("upstream app { server a:8081 weight=1000; "
                + "# canary-deploy: server a:8082 weight=1;\n}");
        assertThat(text(weighted(file, Weights.MINIMUM))).isEqualTo(
                "upstream app { server a:8081 weight=999 max_fails=0; # canary-deploy: had no max_fails\n"
                + "    server a:8082 weight=1; }");
    }

    @Test
    void keepsCommentsBetweenTheWordsOfSeveralLines() {
        ConfigFile file = file("upstream app {\n  server a:8081;\n  server a:8082 # why\n    max_fails=2;\n}\n");
        assertThat(text(weighted(file, TENTH))).contains("  server a:8082 weight=100 # why\n    max_fails=2;\n");
        assertThat(text(weighted(file, ZERO)))
                .contains("\n  # canary-deploy: server a:8082 weight=1 max_fails=2; # why\n}");
    }

    @Test
    void takesAValueTypedOverOurGuardAsTheUsersNewerOne() {
        ConfigFile file = file("upstream app { server a:8081 max_fails=3; server a:8082; }");
        ConfigFile guarded = weighted(file, Weights.MINIMUM);
        ConfigFile typed = file(text(guarded).replace("max_fails=0", "max_fails=5"));
        assertThat(text(weighted(typed, TENTH))).contains("max_fails=5").doesNotContain("#");
        assertThat(text(weighted(typed, Weights.MINIMUM))).contains("had max_fails=5").doesNotContain("max_fails=3");
    }

    @Test
    void leavesAUsersOwnZeroUnmarked() {
        ConfigFile file = file("upstream app { server a:8081 max_fails=0; server a:8082; }");
        assertThat(text(weighted(weighted(file, Weights.MINIMUM), TENTH))).contains("max_fails=0").doesNotContain("#");
    }

    static Stream<String> upstreams() {
        return Stream.of(
                "upstream app {\n    server 127.0.0.1:8081;\n    server 127.0.0.1:8082;\n}\n",
                "upstream app {\n    server 127.0.0.1:8082 max_fails=2; # new\n"
                        + "    server 127.0.0.1:8081 max_fails=5;\n}",
                "upstream app { server 127.0.0.1:8081 fail_timeout=3s; server 127.0.0.1:8082; keepalive 4; }",
                "upstream app { server 127.0.0.1:8081; }",
                "upstream app{server 127.0.0.1:8081;server 127.0.0.1:8082;}#x",
                "upstream app {\r\n\tserver 127.0.0.1:8081 max_fails=4;# note\r\n\tkeepalive 4;\r\n}\r\n",
                "upstream \"app\" {\n  'server' # first\n \"127.0.0.1:8081\" # second\n max_conns=3 # third\n"
                        + " ; # fourth\n"
                        + "  zone z 64k; server [::1]:8082\n max_fails=2; # fifth\n}\n",
                "upstream app { # one\nserver 127.0.0.1:8081 max_fails=0; server 127.0.0.1:8082 max_fails=0; # two\n}",
                "http {\n    upstream app {\n        random two; server 127.0.0.1:8081 weight=2 weight=3;\n    }\n}\n");
    }

    @ParameterizedTest
    @MethodSource("upstreams")
    void dependsOnTheWeightsAndNotOnTheWayThere(String text, @TempDir Path directory) throws Exception {
        ConfigFile file = file(text);
        Random random = new Random(7);
        for (Weights weights : List.of(Weights.MINIMUM, MOST, ZERO, FULL, Weights.MINIMUM)) {
            file = weighted(file, weights);
        }
        Map<Weights, String> settled = new HashMap<>();
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            for (int round = 0; round < 40; round++) {
                Weights weights = ALL.get(random.nextInt(ALL.size()));
                file = weighted(file, weights);
                assertThat(weighted(file, weights)).isEqualTo(file);
                assertThat(upstream(file).weights(STABLE, CANARY)).isEqualTo(weights);
                if (settled.putIfAbsent(weights, text(file)) == null) {
                    nginx.write("nginx.conf", text.startsWith("http") ? "pid nginx.pid; events {}\n" + text(file)
                            : PrivateNginx.main(text(file)));
                    assertThat(nginx.test("nginx.conf")).matches(PrivateNginx.Verdict::accepted);
                }
                assertThat(text(file)).isEqualTo(settled.get(weights));
            }
        }
        assertThat(settled).hasSameSizeAs(ALL);
        assertThat(parameters(weighted(file, TENTH), STABLE)).isEqualTo(parameters(file(text), STABLE));
        if (text.contains("8082")) {
            assertThat(parameters(weighted(file, TENTH), CANARY)).isEqualTo(parameters(file(text), CANARY));
        }
        file(text).comments().forEach(comment -> settled.values().forEach(after ->
                assertThat(after).containsOnlyOnce(file(text).text(comment.span()))));
    }

    @Test
    void givesTheOriginalBytesBackWhereNoLineHadToBeSplit() {
        String text = "upstream app {\n    server a:8081 weight=900;  # note\n"
                + "    server a:8082 weight=100 max_fails=2;\n}\n";
        ConfigFile file = file(text);
        for (Weights weights : ALL) {
            file = weighted(file, weights);
        }
        assertThat(text(weighted(file, TENTH))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "server a:9; | 1: upstream app has no server with the stable port 8081, only a:9",
        "server a:8081; server a:8082; server a:9; | 1: server a:9 is a third server of upstream app",
        "server a:8081; server a:8082; server b:1 backup; | 1: server b:1 is a third server of upstream app (a backup)",
        "server a:8081; server b:8081; | 1: upstream app has two servers with port 8081, a:8081 in line 1",
        "ip_hash; server a:8081; | 1: upstream app chooses by client (ip_hash)",
        "hash $uri consistent; server a:8081; | 1: upstream app chooses by client (hash)",
        "server a:8081; server unix:/s; | 1: server unix:/s is a unix socket",
        "server a:8081; server a; | 1: server a is a third server",
        "server a:8081; server a:8082 down; | 1: server a:8082 of a slot carries \"down\"",
        "server a:8081; server a:8082 backup; | 1: server a:8082 of a slot carries \"backup\"",
        "include more; server a:8081; | 1: upstream app includes a file",
        "server a:8082; | 1: upstream app has no server with the stable port 8081",
        " | 1: upstream app has no server with the stable port 8081, no server",
        "server a:8081; # canary-deploy: server a:8082 | 1: upstream app has a parked server that cannot be read",
    })
    void refusesWhatAShareCannotBeSetIn(String inside, String message) {
        ConfigFile file = file("upstream app {" + (inside == null ? "" : inside) + "\n}");
        assertThatThrownBy(() -> upstream(file).withWeights(STABLE, CANARY, TENTH))
                .isInstanceOf(UnsuitableUpstream.class)
                .hasMessageStartingWith("/etc/nginx/app.conf:" + message);
    }

    @Test
    void takesPort80WhereNoneIsGiven() {
        ConfigFile file = file("upstream app { server backend; }");
        assertThat(text(upstream(file).withWeights(80, 81, TENTH)))
                .isEqualTo("upstream app { server backend weight=900;\n    server backend:81 weight=100;\n}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "server a:8081; server a:8082;|500:500", "server a:8081 weight=3; server a:8082;|250:750",
        "server a:8081;|0:1000", "server a:8081 weight=9999; server a:8082;|1:999",
        "server a:8081 weight=2; server a:8082;|333:667"})
    void readsWeightsThatOthersWrote(String inside, String weights) {
        assertThat(upstream(file("upstream app {" + inside + "}")).weights(STABLE, CANARY)).hasToString(weights);
    }

    @Test
    void addsAZoneOnce() {
        ConfigFile file = upstream(file("upstream app { # x\n  server a:8081;\n}")).withZone("64k");
        assertThat(text(file)).isEqualTo("upstream app { # x\n  zone app 64k;\n  server a:8081;\n}");
        assertThat(upstream(file).withZone("64k")).isSameAs(file);
        assertThat(text(upstream(file("upstream app {server a:8081;}")).withZone("64k")))
                .isEqualTo("upstream app {\n    zone app 64k;server a:8081;}");
    }

    private static List<String> parameters(ConfigFile file, int port) {
        return upstream(file).servers().stream().filter(server -> server.port() == port).findFirst().orElseThrow()
                .parameters().stream().filter(parameter -> !parameter.startsWith("weight=")).toList();
    }

    private static ConfigFile weighted(ConfigFile file, Weights weights) {
        return upstream(file).withWeights(STABLE, CANARY, weights);
    }

    private static Upstream upstream(ConfigFile file) {
        return Upstream.in(file, "app").orElseThrow();
    }

    private static ConfigFile file(String text) {
        return ConfigFile.parse("/etc/nginx/app.conf", text.getBytes(ISO_8859_1));
    }

    private static String text(ConfigFile file) {
        return new String(file.bytes(), ISO_8859_1);
    }
}
