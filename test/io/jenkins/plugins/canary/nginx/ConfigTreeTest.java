package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTreeTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "*.conf            | B.conf a b.conf a.conf b.conf ä.conf",
        "?.conf            | B.conf a.conf b.conf",
        "[a-b].conf        | a.conf b.conf",
        "[!a].conf         | B.conf b.conf",
        "[^aB].conf        | b.conf",
        "[[:upper:]].conf  | B.conf",
        "[]a].conf         | a.conf",
        "[a.conf           | ",
        "'\\[*'            | [x",
        "a.conf            | a.conf",
        "./a.conf          | a.conf",
        "[!s]*             | B.conf [x a b.conf a.conf b.conf ä.conf",
        ".*.conf           | .hidden.conf",
        "sub/*             | sub/c.conf",
        "*/*.conf          | sub/c.conf",
        "'a b.conf'        | a b.conf",
        "none*             | ",
    })
    void includesWhatNginxIncludes(String include, String expected, @TempDir Path directory) throws Exception {
        List<String> names = List.of("a.conf", "b.conf", "B.conf", ".hidden.conf", "sub/c.conf", "ä.conf", "[x",
                "a b.conf");
        List<String> loaded = new ArrayList<>();
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            for (String name : names) {
                nginx.write("d/" + name, "# " + name.codePointAt(0));
            }
            String pattern = include.startsWith("'") ? "'d/" + include.substring(1) : "d/" + include;
            nginx.write("nginx.conf", PrivateNginx.main("include " + pattern + ";"));
            for (String line : nginx.dump("nginx.conf").lines().toList()) {
                if (line.startsWith("# configuration file ") && !line.endsWith("nginx.conf:")) {
                    loaded.add(line.substring("# configuration file ".length(), line.length() - 1)
                            .replace(directory + "/d/./", "").replace(directory + "/d/", ""));
                }
            }
            List<String> all = new ArrayList<>(List.of("nginx.conf"));
            names.forEach(name -> all.add("d/" + name));
            ConfigTree tree = ConfigTree.of(nginx.path("nginx.conf"), nginx.files(all.toArray(String[]::new)));
            List<String> ours = tree.files().keySet().stream().skip(1)
                    .map(path -> path.substring((directory + "/d/").length())).toList();
            assertThat(ours).isEqualTo(loaded);
            assertThat(String.join(" ", ours)).isEqualTo(expected == null ? "" : expected);
        }
    }

    @Test
    void readsUpstreamsAndListensAcrossIncludes() {
        ConfigTree tree = ConfigTree.of("/etc/nginx/nginx.conf", Map.of(
                "/etc/nginx/nginx.conf", bytes("stream { upstream app { server x:1; } server { listen 9; } }\n"
                        + "http { include conf.d/*.conf; server { include snip; listen unix:/s; } }"),
                "/etc/nginx/conf.d/app.conf", bytes("\nupstream app { server y:2; }\nserver { listen 80; }"),
                "/etc/nginx/snip", bytes("listen [::1]:443 ssl http2; listen localhost; "
                        + "listen *:81; listen 0.0.0.0:82 quic;"),
                "/etc/nginx/conf.d/app.conf.bak", bytes("}}}")));
        assertThat(tree.upstream("app")).hasValueSatisfying(found -> {
            assertThat(found.path()).isEqualTo("/etc/nginx/conf.d/app.conf");
            assertThat(found.directive().line()).isEqualTo(2);
        });
        assertThat(tree.upstream("none")).isEmpty();
        assertThat(tree.listens()).extracting(listen -> listen.host() + " " + listen.port() + " " + listen.options())
                .containsExactly("* 80 []", "[::1] 443 [ssl, http2]", "localhost 80 []", "* 81 []", "* 82 [quic]",
                        "unix:/s 0 []");
        assertThat(tree.includes()).containsExactly("/etc/nginx/conf.d/*.conf", "/etc/nginx/snip");
    }

    @Test
    void refusesACircleAndAMissingMainFile() {
        assertThatThrownBy(() -> ConfigTree.of("/n/a",
                Map.of("/n/a", bytes("x;\ninclude b;"), "/n/b", bytes("include a;"))))
                .isInstanceOf(UnsuitableConfig.class).hasMessageStartingWith("/n/b:1: this include leads back to /n/a");
        assertThatThrownBy(() -> ConfigTree.of("/n/a", Map.of())).isInstanceOf(UnsuitableConfig.class)
                .hasMessageContaining("the main file was not read");
    }

    @Test
    void stagesAChangeWithoutTouchingTheRealFiles(@TempDir Path directory) throws Exception {
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", PrivateNginx.main("include sites/*.conf; include " + directory + "/mime;"));
            nginx.write("mime", "types { a b; }");
            nginx.write("sites/a.conf", "upstream a { server 127.0.0.1:1; }");
            nginx.write("sites/b.conf", "server { listen 127.0.0.1:1; include 'parts/*'; }");
            nginx.write("parts/x y", "location / { proxy_pass http://a; }");
            nginx.write("parts/z[1]", "location /z { return 204; }");
            String[] names = {"nginx.conf", "mime", "sites/a.conf", "sites/b.conf", "parts/x y", "parts/z[1]"};
            Map<String, byte[]> before = nginx.files(names);
            ConfigTree tree = ConfigTree.of(nginx.path("nginx.conf"), before);

            Map<String, byte[]> good = Map.of(nginx.path("parts/z[1]"), bytes("location /z { return 205; }"),
                    nginx.path("sites/a.conf"), bytes("upstream a { server 127.0.0.1:2; }"));
            write(tree.staged(good, "shop"));
            assertThat(tree.staged(good, "shop")).containsOnlyKeys(nginx.path(".nginx.conf.shop.canary-staged"),
                    nginx.path("sites/.a.conf.shop.canary-staged"), nginx.path("sites/.b.conf.shop.canary-staged"),
                    nginx.path("parts/.z[1].shop.canary-staged"));
            assertThat(nginx.test(".nginx.conf.shop.canary-staged")).matches(PrivateNginx.Verdict::accepted);
            assertThat(nginx.dump(".nginx.conf.shop.canary-staged"))
                    .contains("return 205", "127.0.0.1:2", "http://a", "a b;")
                    .doesNotContain("return 204", "127.0.0.1:1; }");

            write(tree.staged(Map.of(nginx.path("parts/x y"), bytes("\nlocation / { proxy_pas x; }")), "shop"));
            PrivateNginx.Verdict bad = nginx.test(".nginx.conf.shop.canary-staged");
            assertThat(bad.accepted()).isFalse();
            assertThat(bad.said()).contains("proxy_pas", "parts/.x y.shop.canary-staged:2");
            assertThat(nginx.test("nginx.conf")).matches(PrivateNginx.Verdict::accepted);
            Map<String, byte[]> after = nginx.files(names);
            before.forEach((path, bytes) -> assertThat(after.get(path)).isEqualTo(bytes));
        }
    }

    @Test
    void stagesAFileThatIsNewAndRefusesOneThatIsNotLoaded() {
        ConfigTree tree = ConfigTree.of("/n/nginx.conf",
                Map.of("/n/nginx.conf", bytes("http { include d/*.conf; }"), "/n/d/b.conf", bytes("b;")));
        Map<String, String> staged = new LinkedHashMap<>();
        tree.staged(Map.of("/n/d/a.conf", bytes("a;")), "shop")
                .forEach((path, text) -> staged.put(path, new String(text, UTF_8)));
        assertThat(staged).containsExactlyInAnyOrderEntriesOf(Map.of(
                "/n/.nginx.conf.shop.canary-staged", "http { include /n/d/.a.conf.shop.canary-staged; include /n/d/b.conf; }",
                "/n/d/.a.conf.shop.canary-staged", "a;"));
        assertThatThrownBy(() -> tree.staged(Map.of("/n/d/a", bytes("a;")), "shop")).isInstanceOf(UnsuitableConfig.class)
                .hasMessageStartingWith("/n/d/a:1: NGINX does not load this file: "
                        + "no include reaches it from /n/nginx.conf");
    }

    private static void write(Map<String, byte[]> files) throws Exception {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(Path.of(file.getKey()), file.getValue());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
