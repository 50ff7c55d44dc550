package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {

    /** At the level of {@code http}; each is accepted by nginx, and outlined as {@code name[args]{…}}. */
    private static final Map<String, List<String>> HARD = new LinkedHashMap<>();

    static {
        HARD.put("braces in quotes", List.of(
                "server { location ~ \"^/\\d{2}$\" { return 204; } location ~ '^/a{1,3};#' { return 200 '}'; } }",
                "server{location[~|^/\\d{2}$]{return[204]}location[~|^/a{1,3};#]{return[200|}]}}"));
        HARD.put("braced variables", List.of(
                "map $uri $x { default \"${host}\"; }\nserver { return 200 a${host}b${uri}; }",
                "map[$uri|$x]{default[${host}]}server{return[200|a${host}b${uri}]}"));
        HARD.put("closing brace, hash and quotes inside words", List.of(
                "types { a}b c#d; e'f g\"h; }", "types{a}b[c#d]e'f[g\"h]}"));
        HARD.put("escapes", List.of(
                "types { a\\;b c\\ d; \"q\\\"t\" 's\\'t' \\\\ \\#x; \\{ x\\ty; }",
                "types{a\\;b[c\\ d]q\"t[s't|\\|\\#x]\\{[x\ty]}"));
        HARD.put("comments anywhere", List.of(
                "# { ; \" '\nserver # here {\n{ # and\nlisten # there ;\n127.0.0.1:1; }# end",
                "server{listen[127.0.0.1:1]}"));
        HARD.put("conditions", List.of(
                "server { if ($host ~ \"^(a|b)\\.c$\") { return 403; } if ($uri = '/x y') { return 404; } }",
                "server{if[($host|~|^(a|b)\\.c$|)]{return[403]}if[($uri|=|/x y|)]{return[404]}}"));
        HARD.put("odd map keys", List.of(
                "map $uri $y { hostnames; default 0; '' 1; ~*\\.(?<e>jpe?g)$ 2; \\default 3; *.example.org \"4;\"; }",
                "map[$uri|$y]{hostnames[]default[0][1]~*\\.(?<e>jpe?g)$[2]\\default[3]*.example.org[4;]}"));
        HARD.put("carriage returns", List.of(
                "server {\r\n    listen 127.0.0.1:1; # x\r\n    return 200 \"a\r\nb\";\r\n}\r\n",
                "server{listen[127.0.0.1:1]return[200|a\r\nb]}"));
        HARD.put("bytes that are no UTF-8", List.of(
                "# \u00ff\u00fe\u0080\nserver { return 200 \u00e4\u00f6\u0085\u00a0x; }",
                "server{return[200|\u00e4\u00f6\u0085\u00a0x]}"));
        HARD.put("other blanks are no blanks", List.of("types { a\u000bb\u000cc d; }", "types{a\u000bb\u000cc[d]}"));
        HARD.put("quoted names, nothing between tokens", List.of(
                "\"server\"{'listen' 127.0.0.1:1;return 200 '';}",
                "server{listen[127.0.0.1:1]return[200|]}"));
        HARD.put("a byte order mark is part of a word", List.of(
                "types { \u00ef\u00bb\u00bfa b; }", "types{\u00ef\u00bb\u00bfa[b]}"));
        HARD.put("no line end at the end", List.of("server { return 200; } #x", "server{return[200]}"));
        HARD.put("empty", List.of("", ""));
        HARD.put("only blanks and comments", List.of("\r\n\t # x\r\n", ""));
    }

    private static Stream<Arguments> hard() {
        return HARD.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue().get(0), e.getValue().get(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hard")
    void readsWhatNginxReadsAndKeepsEveryByte(String name, String text, String outline, @TempDir Path directory)
            throws Exception {
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", PrivateNginx.main("include hard.conf;"));
            nginx.write("hard.conf", text);
            assertThat(nginx.test("nginx.conf")).matches(PrivateNginx.Verdict::accepted);
        }
        ConfigFile file = ConfigFile.parse("hard.conf", text.getBytes(ISO_8859_1));
        assertThat(outline(file.directives())).isEqualTo(outline);
        assertThat(file.bytes()).isEqualTo(text.getBytes(ISO_8859_1));
    }

    /** By hand, lua-nginx-module 0.10.23 accepts it too; that module is no part of the setup. */
    @Test
    void leavesLuaAlone() {
        String lua = """
                content_by_lua_block {
                    -- a brace } in a comment
                    --[[ and } in
                    a long ]] local a = { b = "}" , c = '\\'}' }
                    --[==[ ]] } ]==] local d = [[ } ]] .. [=[ ]] } ]=] ; local e = a[1]
                    local f = a[ [[x]] ] -- [[ is not long, it ends with the line }
                }
                set_by_lua_block $x { return 1 }
                return 200;
                """;
        ConfigFile file = ConfigFile.parse("lua.conf", lua.getBytes(ISO_8859_1));
        assertThat(file.directives()).extracting(directive -> directive.name().value())
                .containsExactly("content_by_lua_block", "set_by_lua_block", "return");
        assertThat(file.directives().get(1).body()).isInstanceOfSatisfying(Directive.Raw.class,
                raw -> assertThat(file.text(raw.inside())).isEqualTo(" return 1 "));
        assertThat(file.comments()).isEmpty();
        assertThat(file.bytes()).isEqualTo(lua.getBytes(ISO_8859_1));
    }

    /** As lua-nginx-module 0.10.23 judges them. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{ ' }|true", "{ ' } '|false", "{ '\\n}|true", "{ '\\\\n}|true", "{ '\\' } ' }|true", "{ [=[ } ]] ]=] }|true",
        "{ [[ }|false", "{ --[[ }|false", "{ -- }\\n}|true", "{ - [ = }|true", "{ {} }|true", "{ { }|false"})
    void endsLuaWhereItsModuleEndsIt(String body, boolean ends) {
        String lua = "content_by_lua_block " + body.replace("\\n", "\n");
        if (ends) {
            assertThat(ConfigFile.parse("x", lua.getBytes(ISO_8859_1)).directives()).hasSize(1);
        } else {
            assertThatThrownBy(() -> ConfigFile.parse("x", lua.getBytes(ISO_8859_1)))
                    .isInstanceOf(NginxSyntaxException.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "a b; }|1:6: unexpected \"}\"",
        "a b|1:4: unexpected end of file",
        "a;\\nb {\\n  c;\\n|4:1: unexpected end of file: the block \"b\" of line 2",
        "a \"b\"c;|1:6: unexpected \"c\"",
        "a;\\n  ;|2:3: unexpected \";\"",
        "a;\\n{}|2:1: unexpected \"{\"",
        "a { b }|1:7: unexpected \"}\"",
        "a 'b|1:5: unexpected end of file: the quote that opens in line 1",
        "a # ;|1:6: unexpected end of file: the directive \"a\" of line 1 has no \";\"",
    })
    void saysWhereTheTextIsBroken(String text, String message) {
        byte[] bytes = text.replace("\\n", "\n").getBytes(ISO_8859_1);
        assertThatThrownBy(() -> ConfigFile.parse("/etc/nginx/x.conf", bytes))
                .isInstanceOf(NginxSyntaxException.class).hasMessageStartingWith("/etc/nginx/x.conf:" + message);
    }

    @Test
    void countsLinesAndSpans() {
        ConfigFile file = ConfigFile.parse("x", "a;\r\nb\n  'c d' {\n e; }\n".getBytes(ISO_8859_1));
        Directive b = file.directives().get(1);
        assertThat(b.line()).isEqualTo(2);
        assertThat(file.text(b.span())).isEqualTo("b\n  'c d' {\n e; }");
        assertThat(file.text(b.args().get(0).span())).isEqualTo("'c d'");
        assertThat(b.children().get(0).line()).isEqualTo(4);
    }

    @Test
    void editsOnlyTheSpan() {
        ConfigFile file = ConfigFile.parse("x", "a \u00ff; b  c;\td;".getBytes(ISO_8859_1));
        Span c = file.directives().get(1).args().get(0).span();
        assertThat(file.edited(List.of(new Edit(c, "'e'"))).bytes())
                .isEqualTo("a \u00ff; b  'e';\td;".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> file.edited(List.of(new Edit(c, "x"), new Edit(c, "y"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static String outline(List<Directive> directives) {
        StringBuilder outline = new StringBuilder();
        for (Directive directive : directives) {
            boolean block = directive.body() instanceof Directive.Block;
            outline.append(directive.name().value());
            if (!block || !directive.args().isEmpty()) {
                outline.append('[').append(String.join("|", directive.args().stream().map(Word::value).toList()))
                        .append(']');
            }
            if (block) {
                outline.append('{').append(outline(directive.children())).append('}');
            }
        }
        return outline.toString();
    }
}
