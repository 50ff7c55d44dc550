package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.nginx.ProbeServer.Split;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeServerTest {

    private static final ProbeAddress ADDRESS = new ProbeAddress("80", "http", "127.0.0.1", 80);

    @ParameterizedTest
    @ValueSource(strings = {
        "upstream app { server a:1; }\n", "upstream app { server a:1; }", "", "# x",
        "events {}\r\nhttp {\r\n  upstream app { server a:1; }\r\n}\r\n",
        "http {\n    upstream app { server a:1; }\n}", "\n\nupstream app { server a:1; }\n\n"})
    void comesReplacesItselfAndGoesWithoutATrace(String text) {
        ConfigFile file = file(text);
        ConfigFile first = server(1).in(file);
        ConfigFile second = server(2).in(first);
        assertThat(second).isEqualTo(server(2).in(file)).isNotEqualTo(first);
        assertThat(ProbeServer.removedFrom(second, "shop")).isEqualTo(file);
        assertThat(ProbeServer.removedFrom(file, "shop")).isSameAs(file);
    }

    @Test
    void leavesOtherAppsAndLaterLinesAlone() {
        ConfigFile shop = server(1).in(file("a;\n"));
        ConfigFile both = new ProbeServer("blog", 7, ADDRESS, List.of()).in(shop);
        ConfigFile more = file(text(both) + "b;\n");
        ConfigFile changed = server(5).in(more);
        assertThat(ProbeServer.removedFrom(ProbeServer.removedFrom(changed, "blog"), "shop"))
                .isEqualTo(file("a;\nb;\n"));
        ConfigTree tree = tree(Map.of("/n/nginx.conf", "http { include app; }", "/n/app", text(changed)));
        assertThat(ProbeServer.generation(tree, "shop")).hasValue(5L);
        assertThat(ProbeServer.generation(tree, "blog")).hasValue(7L);
        assertThat(ProbeServer.generation(tree, "none")).isEmpty();
    }

    @Test
    void refusesMarkersThatAreNoPair() {
        ConfigFile file = file("a;\n# canary-deploy begin shop\n");
        assertThatThrownBy(() -> server(1).in(file)).isInstanceOf(UnsuitableConfig.class)
                .hasMessageStartingWith("/n/app:2: the managed block of shop has 1 begin and 0 end markers");
    }

    @Test
    void refusesNamesAndPathsThatWouldBeConfig() {
        assertThatThrownBy(() -> new ProbeServer("a;b", 1, ADDRESS, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Split("web", "web", "/x; return 200 $y"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The two files' servers, in the order NGINX reads them; the managed server is in the first. */
    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource(delimiter = '|', value = {
        "listen 80;                          |                                  | 80 http 127.0.0.1 80",
        "listen 443 ssl; listen 8080;        |                                  | 8080 http 127.0.0.1 8080",
        "listen 443 ssl; listen 443 quic;    |                                  | 443 https 127.0.0.1 443",
        "listen [::]:80; listen 80 proxy_protocol; |                            | [::]:80 http ::1 80",
        "listen 10.0.0.5:80;                 |                                  | 10.0.0.5:80 http 10.0.0.5 80",
        "listen 80; listen 81;               | listen 127.0.0.1:80;             | 81 http 127.0.0.1 81",
        "listen 80 http2;                    |                                  | 127.11.12.13:80 http 127.11.12.13 80",
        "                                    | listen 80;                       | 127.11.12.13:80 http 127.11.12.13 80",
        "                                    | listen 80; listen 81 default_server; | 81 http 127.0.0.1 81",
        "                                    | listen 10.0.0.5:80;              | none",
        "listen unix:/s;                     |                                  | none",
    })
    void reusesASocketWhereItIsNotTheFirstServer(String here, String later, String expected) {
        ConfigTree tree = tree(Map.of("/n/nginx.conf", "http { include app; include later; }",
                "/n/app", here == null ? "" : "server { " + here + " }",
                "/n/later", later == null ? "" : "server { " + later + " }"));
        String chosen = ProbeAddress.choose(tree, "/n/app", "shop")
                .map(a -> a.listen() + " " + a.scheme() + " " + a.host() + " " + a.port()).orElse("none");
        assertThat(chosen).isEqualTo(expected);
    }

    @Test
    void answersTheMachineItselfAndNobodyElse(@TempDir Path directory) throws Exception {
        int port = PrivateNginx.freePort();
        int stable = PrivateNginx.freePort();
        int canary = PrivateNginx.freePort();
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", PrivateNginx.main("include app.conf;\n" + backend(stable) + backend(canary)));
            nginx.write("app.conf", "upstream web { zone web 64k; server 127.0.0.1:" + stable + "; }\n"
                    + "server { listen " + port + "; location / { proxy_pass http://web; } }\n");
            ConfigTree tree = ConfigTree.of(nginx.path("nginx.conf"), nginx.files("nginx.conf", "app.conf"));
            String path = nginx.path("app.conf");
            ConfigFile file = Upstream.in(tree.files().get(path), "web").orElseThrow()
                    .withWeights(stable, canary, new Weights(300, 700));
            ProbeAddress address = ProbeAddress.choose(tree, path, "shop").orElseThrow();
            assertThat(address).isEqualTo(new ProbeAddress("" + port, "http", "127.0.0.1", port));
            nginx.write("app.conf", new ProbeServer("shop", 12, address, List.of(new Split("web", "web", "/x?y=1")))
                    .in(file).bytes());
            nginx.start("nginx.conf", port);

            String host = ProbeServer.serverName("shop");
            assertThat(nginx.get("127.0.0.1", port, host, "/generation").body()).matches("12 [0-9]+\n");
            assertThat(nginx.get("127.0.0.2", port, host, "/generation").body()).matches("12 [0-9]+\n");
            assertThat(nginx.get("127.0.0.2", "127.0.0.1", port, host, "/generation").status()).isZero();
            assertThat(nginx.get("127.0.0.2", "127.0.0.1", port, host, "/split/web").status()).isZero();
            assertThat(nginx.get("127.0.0.1", port, "other", "/generation").body()).contains("/generation");

            Map<String, Integer> hits = new HashMap<>();
            for (int i = 0; i < 100; i++) {
                PrivateNginx.Answer answer = nginx.get("127.0.0.1", port, host, "/split/web");
                assertThat(answer.header("X-Canary-Status")).isEqualTo("200");
                assertThat(answer.body()).isEqualTo("localhost /x?y=1 canary-probe");
                hits.merge(answer.header("X-Canary-Upstream"), 1, Integer::sum);
            }
            assertThat(hits).isEqualTo(Map.of("127.0.0.1:" + stable, 70, "127.0.0.1:" + canary, 30));
        }
    }

    /** Its own loopback address needs no socket of its own, so that a reload is enough and no port is taken. */
    @Test
    void listensUnderAWildcardWithoutTakingRequestsFromAnyone(@TempDir Path directory) throws Exception {
        int port = PrivateNginx.freePort();
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", PrivateNginx.main("include app.conf; include site.conf;"));
            nginx.write("app.conf", "");
            nginx.write("site.conf", "server { listen " + port + "; return 200 site; }");
            nginx.start("nginx.conf", port);
            ConfigTree tree = ConfigTree.of(nginx.path("nginx.conf"),
                    nginx.files("nginx.conf", "app.conf", "site.conf"));
            String path = nginx.path("app.conf");
            ProbeAddress address = ProbeAddress.choose(tree, path, "shop").orElseThrow();
            nginx.write("app.conf", new ProbeServer("shop", 3, address, List.of()).in(tree.files().get(path)).bytes());
            nginx.reload();
            Instant end = Instant.now().plus(Duration.ofSeconds(5));
            String host = ProbeServer.serverName("shop");
            while (!nginx.get(address.host(), port, host, "/generation").body().startsWith("3 ")) {
                assertThat(Instant.now()).isBefore(end);
            }
            assertThat(nginx.get("127.0.0.1", port, "anything", "/").body()).isEqualTo("site");
            assertThat(nginx.get("127.0.0.1", port, host, "/generation").body()).isEqualTo("site");
        }
    }

    @Test
    void makesADefaultConfigThatNginxServes(@TempDir Path directory) throws Exception {
        int port = PrivateNginx.freePort();
        int web = PrivateNginx.freePort();
        DefaultConfig config = new DefaultConfig("my-shop", "127.0.0.1:" + port, "_", List.of(
                new DefaultConfig.Route("web", "/", "127.0.0.1", web),
                new DefaultConfig.Route("api", "/api/", "127.0.0.1", web)));
        DefaultConfig other = new DefaultConfig("my_shop", "127.0.0.1:" + port, "other", List.of());
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            ConfigFile file = config.file(nginx.path("app.conf"));
            ConfigFile more = DefaultConfig.withUpstream(file, new DefaultConfig.Route("late", "/", "127.0.0.1", web));
            assertThat(text(more)).startsWith(text(file));
            assertThat(Upstream.in(more, "late").orElseThrow().servers()).extracting(Server::port).containsExactly(web);
            nginx.write("nginx.conf", PrivateNginx.main("include *.conf.d;\n" + backend(web)));
            nginx.write("a.conf.d", more.bytes());
            nginx.write("b.conf.d", other.file("b").bytes());
            nginx.start("nginx.conf", port);
            assertThat(nginx.get("127.0.0.1", port, "shop.example", "/api/x").body()).startsWith("shop.example /api/x");
        }
    }

    private static String backend(int port) {
        return "server { listen 127.0.0.1:" + port + "; return 200 '$host $request_uri $http_user_agent'; }\n";
    }

    private static ProbeServer server(long generation) {
        return new ProbeServer("shop", generation, ADDRESS, List.of(new Split("web", "app", "/health")));
    }

    private static ConfigTree tree(Map<String, String> texts) {
        Map<String, byte[]> files = new HashMap<>();
        texts.forEach((path, text) -> files.put(path, text.getBytes(ISO_8859_1)));
        return ConfigTree.of("/n/nginx.conf", files);
    }

    private static ConfigFile file(String text) {
        return ConfigFile.parse("/n/app", text.getBytes(ISO_8859_1));
    }

    private static String text(ConfigFile file) {
        return new String(file.bytes(), ISO_8859_1);
    }
}
