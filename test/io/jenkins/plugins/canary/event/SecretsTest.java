package io.jenkins.plugins.canary.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private final Secrets secrets = new Secrets();

    @Test
    void masksAValueAsItStandsInBase64AndUrlEncoded() {
        secrets.addValuesOf("PASSWORD=p&ss wörd/+?\n");
        String value = "p&ss wörd/+?";
        String form = URLEncoder.encode(value, StandardCharsets.UTF_8);

        assertThat(secrets.mask("a " + value + " b " + form + " c " + form.replace("+", "%20") + " d"))
                .isEqualTo("a **** b **** c **** d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "u", "us", "user:"})
    void masksAValueInsideABase64TextAtEveryOffset(String before) {
        secrets.add("correct horse");
        String encoded = Base64.getEncoder().encodeToString((before + "correct horse" + "!").getBytes(StandardCharsets.UTF_8));

        String masked = secrets.mask(encoded);

        assertThat(masked).contains(Secrets.MASK);
        assertThat(encoded).doesNotContain(masked);
        assertThat(masked).hasSizeLessThan(encoded.length() - 8);
    }

    @Test
    void masksAQuotedValueWithAndWithoutItsQuotes() {
        secrets.addValuesOf("A=\"first secret\"\n  B = 'second secret'\n");

        assertThat(secrets.mask("first secret, 'second secret'")).doesNotContain("first secret", "second secret");
    }

    @Test
    void masksAKeyOfSeveralLinesLineByLine() {
        secrets.addValuesOf("KEY=\"-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nZm9vYmFy==\n-----END KEY-----\"\nOTHER=visible\n");

        assertThat(secrets.mask("at MIIEowIBAAKCAQEA:")).isEqualTo("at ****:");
        assertThat(secrets.mask("at Zm9vYmFy==:")).isEqualTo("at ****:");
        assertThat(secrets.mask("visible")).isEqualTo(Secrets.MASK);
        assertThat(secrets.mask("OTHER")).isEqualTo("OTHER");
    }

    @Test
    void masksTheLongerOfTwoValuesWhole() {
        secrets.addValuesOf("A=abcd\nB=abcdefgh\n");

        assertThat(secrets.mask("abcdefgh abcd")).isEqualTo("**** ****");
    }

    @Test
    void leavesCommentsAndShortValuesReadable() {
        secrets.addValuesOf("# PASSWORD=commented\nDEBUG=yes\n");

        assertThat(secrets.mask("commented yes")).isEqualTo("commented yes");
    }
}
