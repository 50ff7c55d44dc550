package io.jenkins.plugins.canary.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.event.Refused;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvTextTest {

    @Test
    void endsLinesWithLineFeedsOnly() throws Refused {
        assertThat(text("A=1\r\nB=2\rC=3\n")).isEqualTo("A=1\nB=2\nC=3\n");
    }

    @Test
    void dropsAByteOrderMark() throws Refused {
        assertThat(text("\uFEFFA=1")).isEqualTo("A=1\n");
    }

    @Test
    void keepsCommentsEmptyLinesAndValuesAsTheyAre() throws Refused {
        String text = "# comment = kept\n\nA=  spaced ' \" value # no comment\nB_2=\nc.d=x=y=z==\n";

        assertThat(text(text)).isEqualTo(text);
    }

    @Test
    void keepsAQuotedValueOfSeveralLines() throws Refused {
        String text = "KEY=\"-----BEGIN KEY-----\nMIIEow/+\nIBAAKCAQEA==\n-----END KEY-----\"\nNEXT='a\nb'\n";

        assertThat(text(text)).isEqualTo(text);
    }

    @Test
    void refusesAQuoteThatIsNeverClosed() {
        assertThatThrownBy(() -> text("A=1\nKEY=\"hunter2\nB=2\nC=3\n")).isInstanceOf(Refused.class)
                .hasMessageContaining("line 2").hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "=hunter2", "1A=hunter2", "A B=hunter2", "A hunter2", ": hunter2"})
    void namesTheBrokenLineAndNotItsValue(String line) {
        assertThatThrownBy(() -> text("A=1\r\n\r\n# two\r\n" + line + "\r\nB=2")).isInstanceOf(Refused.class)
                .hasMessageContaining("line 4").hasMessageNotContaining("hunter2");
    }

    @Test
    void addsTheTimezoneOnlyWhereThereIsNone() throws Refused {
        assertThat(parse("A=1\n").withTimezone("Asia/Seoul").reveal()).isEqualTo("A=1\nTZ=Asia/Seoul\n");
        assertThat(parse("").withTimezone("Asia/Seoul").reveal()).isEqualTo("TZ=Asia/Seoul\n");
        assertThat(parse("TZ=UTC\nA=1\n").withTimezone("Asia/Seoul").reveal()).isEqualTo("TZ=UTC\nA=1\n");
        assertThat(parse("#TZ=UTC\nXTZ=UTC\n").withTimezone("Asia/Seoul").reveal())
                .isEqualTo("#TZ=UTC\nXTZ=UTC\nTZ=Asia/Seoul\n");
    }

    @Test
    void neverShowsAValueByAccident() throws Refused {
        assertThat(parse("A=hunter2\nB=2\n")).hasToString(".env of 2 lines");
    }

    private static String text(String text) throws Refused {
        return parse(text).reveal();
    }

    private static EnvText parse(String text) throws Refused {
        return EnvText.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void putsAValueInThePlaceOfThoseThatTheNameHad() throws Refused {
        EnvText text = EnvText.parse("A=1\nKEY='two\nlines'\nB=2\nKEY=old\n".getBytes(StandardCharsets.UTF_8));

        assertThat(text.with("KEY", "new/1+2==").reveal()).isEqualTo("A=1\nB=2\nKEY=new/1+2==\n");
        assertThat(text.with("KEY", "with $ and # and \"").reveal()).endsWith("KEY='with $ and # and \"'\n");
    }

    @Test
    void refusesAValueThatAnEnvFileCanNotHold() throws Refused {
        EnvText text = EnvText.parse(new byte[0]);

        assertThatThrownBy(() -> text.with("KEY", "it's")).isInstanceOf(Refused.class).hasMessageContaining("KEY")
                .hasMessageNotContaining("it's");
        assertThatThrownBy(() -> text.with("KEY", "two\nlines")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> text.with("NO KEY", "x")).isInstanceOf(Refused.class);
    }
}
