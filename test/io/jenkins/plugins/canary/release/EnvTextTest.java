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
    void endsEveryLineWithLineFeedAlone() throws Refused {
        assertThat(parse("A=1\r\nB=2\rC=3\r\n").reveal()).isEqualTo("A=1\nB=2\nC=3\n");
        assertThat(parse("A=1").reveal()).isEqualTo("A=1\n");
        assertThat(parse("\uFEFFA=1\n").reveal()).as("without a byte order mark").isEqualTo("A=1\n");
    }

    @Test
    void keepsCommentsEmptyLinesAndValuesAsTheyStand() throws Refused {
        String text = "# by hand\n\nURL=jdbc:x?a=b&c=d # not a comment\nEMPTY=\nQUOTED=\" spaces \"\n"
                + "spring.profile=prod\n";

        assertThat(parse(text).reveal()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "A=1\nno equals sign: hunter22\n", "A=1\n=hunter22", "A=1\n1A=hunter22", "A=1\nexport B=hunter22",
        "A=1\nB =hunter22"
    })
    void namesTheBrokenLineWithoutItsText(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(Refused.class)
                .hasMessageContaining("line 2").hasMessageContaining("KEY=VALUE")
                .hasMessageNotContaining("hunter22");
    }

    @Test
    void countsTheLinesOfAWindowsFileAsItsAuthorDoes() {
        assertThatThrownBy(() -> parse("A=1\r\n\r\n# two\r\nbroken\r\n")).hasMessageContaining("line 4");
    }

    @Test
    void addsTheTimezoneUnlessThereIsOne() throws Refused {
        assertThat(parse("A=1\n").withTimezone("Asia/Seoul").reveal()).isEqualTo("A=1\nTZ=Asia/Seoul\n");
        assertThat(parse("").withTimezone("Asia/Seoul").reveal()).isEqualTo("TZ=Asia/Seoul\n");
        assertThat(parse("TZ=UTC\n").withTimezone("Asia/Seoul").reveal()).isEqualTo("TZ=UTC\n");
        assertThat(parse("# TZ=UTC\n").withTimezone("Asia/Seoul").reveal()).isEqualTo("# TZ=UTC\nTZ=Asia/Seoul\n");
    }

    @Test
    void showsNoValueOfItself() throws Refused {
        assertThat(parse("PASSWORD=hunter22\nB=2\n").toString()).isEqualTo(".env of 2 lines");
    }

    private static EnvText parse(String text) throws Refused {
        return EnvText.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
