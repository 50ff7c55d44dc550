package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random texts, read by nginx and by us. The seed is fixed: a failure repeats. */
class ParserAgainstNginxTest {

    private static final String[] PIECES = {
        "a", "b", "0", " ", " ", "\t", "\r\n", "\n", ";", ";", ";", "{", "}", "#", "\"", "\"", "'", "'", "\\", "$",
        "${", ")", "(", "\\\"", "\\'", "\\n", "\\t", "\\\\", "\\ ", "\\;", "\u00e4", "\u00ff", "\u000b",
        "[", "]", "=", "~", "%"
    };

    /** In {@code types} any words are legal, so that nginx refuses nothing but a syntax it cannot read. */
    @Test
    void refusesExactlyWhatNginxRefuses(@TempDir Path directory) throws Exception {
        Random random = new Random(20240607);
        int accepted = 0;
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", PrivateNginx.main("types { include fuzz; }"));
            for (int round = 0; round < 500; round++) {
                String text = text(random, 1 + random.nextInt(30)) + (random.nextInt(3) > 0 ? ";" : "");
                nginx.write("fuzz", text);
                PrivateNginx.Verdict verdict = nginx.test("nginx.conf");
                assertThat(verdict.accepted()).as("round %d: <%s>%n%s", round, text, verdict.said())
                        .isEqualTo(reads(text));
                accepted += verdict.accepted() ? 1 : 0;
            }
        }
        assertThat(accepted).as("both verdicts were tried").isBetween(50, 450);
    }

    @Test
    void understandsWordsAsNginxServesThem(@TempDir Path directory) throws Exception {
        Random random = new Random(20240608);
        List<Word> words = new ArrayList<>();
        StringBuilder locations = new StringBuilder();
        while (words.size() < 1500) {
            String quote = List.of("", "\"", "'").get(random.nextInt(3));
            String text = "return 200 " + quote + text(random, 1 + random.nextInt(12)) + quote + ";";
            if (text.contains("$") || !reads(text)) {
                continue;
            }
            List<Directive> read = ConfigFile.parse("x", text.getBytes(ISO_8859_1)).directives();
            if (read.get(0).span().end() == text.length() && read.get(0).args().size() == 2) {
                locations.append("location = /").append(words.size()).append(" { ").append(text).append(" }\n");
                words.add(read.get(0).args().get(1));
            }
        }
        int port = PrivateNginx.freePort();
        String text = PrivateNginx.main("server { listen 127.0.0.1:" + port + ";\n" + locations + "}");
        assertThat(ConfigFile.parse("x", text.getBytes(ISO_8859_1)).bytes()).isEqualTo(text.getBytes(ISO_8859_1));
        try (PrivateNginx nginx = new PrivateNginx(directory)) {
            nginx.write("nginx.conf", text);
            nginx.start("nginx.conf", port);
            for (int i = 0; i < words.size(); i++) {
                assertThat(nginx.get("127.0.0.1", port, "x", "/" + i).body())
                        .isEqualTo(words.get(i).value());
            }
        }
    }

    private static boolean reads(String text) {
        try {
            ConfigFile file = ConfigFile.parse("x", text.getBytes(ISO_8859_1));
            assertThat(file.bytes()).isEqualTo(text.getBytes(ISO_8859_1));
            return file.directives().stream().allMatch(found -> found.body() instanceof Directive.Semicolon);
        } catch (NginxSyntaxException e) {
            return false;
        }
    }

    private static String text(Random random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
