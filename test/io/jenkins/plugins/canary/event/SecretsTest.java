package io.jenkins.plugins.canary.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private final Secrets secrets = new Secrets();

    @ParameterizedTest
    @ValueSource(strings = {"hunter22", "pa ss+wörd/&=?", "a'b\"c\\d$e", "1234", "Ünïcödé-日本"})
    void hidesASecretInEveryCommonForm(String secret) {
        secrets.add(secret);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);

        assertThat(secrets.mask("x" + secret + "y")).isEqualTo("x****y");
        assertThat(secrets.mask("?p=" + url)).isEqualTo("?p=****");
        assertThat(secrets.mask("?p=" + url.replace("+", "%20"))).isEqualTo("?p=****");
        String small = Pattern.compile("%..").matcher(url)
                .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
        assertThat(secrets.mask(small)).as("escapes in small letters").isEqualTo("****");
        assertThat(secrets.mask(Base64.getEncoder().encodeToString(bytes))).startsWith("****").hasSizeLessThan(8);
        assertThat(secrets.mask(Base64.getUrlEncoder().encodeToString(bytes))).startsWith("****").hasSizeLessThan(8);
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "u:, 3", "me:, 4", "user:, 7", "admin:, 8"})
    void hidesASecretInsideOfAnEncodedText(String before, int readable) {
        secrets.add("correct-horse");
        byte[] header = (before + "correct-horse battery").getBytes(StandardCharsets.UTF_8);
        String encoded = Base64.getEncoder().encodeToString(header);

        String masked = secrets.mask(encoded);

        assertThat(masked).startsWith(encoded.substring(0, readable) + Secrets.MASK);
        String behind = masked.substring(readable + Secrets.MASK.length());
        assertThat(encoded).endsWith(behind);
        assertThat(behind.length()).as("what is behind is that of the rest").isLessThanOrEqualTo(13);
    }

    @Test
    void leavesShortValuesReadable() {
        secrets.add("yes");
        secrets.add("");

        assertThat(secrets.mask("yes, it runs")).isEqualTo("yes, it runs");
    }

    @Test
    void hidesTheLongerOfTwoSecretsAsAWhole() {
        secrets.add("secret");
        secrets.add("secret-and-more");

        assertThat(secrets.mask("secret-and-more, secret")).isEqualTo("****, ****");
    }

    @Test
    void hidesEachLineOfAKey() {
        secrets.add("-----BEGIN KEY-----\nAAAABBBB\r\n  CCCCDDDD\n-----END KEY-----\n");

        assertThat(secrets.mask("log: AAAABBBB\nlog: CCCCDDDD")).isEqualTo("log: ****\nlog: ****");
    }

    @Test
    void hidesTheValuesOfAnEnvFileAndNotItsKeys() {
        secrets.addValuesOf("# note=readable\nDB_PASSWORD=hunter22\nQUOTED=\"with spaces\"\nSINGLE='tick tock'\n"
                + "LOG=info\n");

        assertThat(secrets.mask("DB_PASSWORD=hunter22 with spaces, tick tock, readable, info"))
                .isEqualTo("DB_PASSWORD=**** ****, ****, readable, ****");
    }

    @Test
    void hidesEachLineOfAQuotedValueOfAnEnvFile() {
        secrets.addValuesOf(
                "KEY=\"-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nZm9vYmFy==\n-----END KEY-----\"\nB=visible\n");

        assertThat(secrets.mask("at MIIEowIBAAKCAQEA:")).isEqualTo("at ****:");
        assertThat(secrets.mask("at Zm9vYmFy==:")).isEqualTo("at ****:");
        assertThat(secrets.mask("visible")).isEqualTo("****");
    }

    @Test
    void goesOverEveryTextThatAnEventCarries() {
        List<Event> seen = new ArrayList<>();
        Events events = new Events(secrets, List.of(seen::add), Clock.systemUTC());
        secrets.add("hunter22");

        events.tell(Type.DONE, "said hunter22", Map.of(
                "text", "hunter22",
                "list", List.of("a", "hunter22", 7),
                "map", Map.of("hunter22", Map.of("deep", "hunter22"))));

        assertThat(seen).hasSize(1);
        assertThat(JsonSink.line(seen.get(0))).doesNotContain("hunter22").contains("said ****").contains("7");
    }
}
