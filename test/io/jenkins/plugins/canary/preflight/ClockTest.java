package io.jenkins.plugins.canary.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);

    private static List<Finding> judge(long... offsets) {
        Findings findings = new Findings();
        List<Clock> clocks = new ArrayList<>();
        for (int i = 0; i < offsets.length; i++) {
            clocks.add(new Clock("host" + i, Duration.ofSeconds(offsets[i])));
        }
        Clock.judge(clocks, findings);
        return findings.all();
    }

    @Test
    void countsNothingThatTheTimeOfAskingMayAccountFor() {
        assertThat(Clock.of("edge", NOW, 1_000_000, NOW.plusMillis(20)).offset()).isZero();
        assertThat(Clock.of("edge", NOW, 1_000_030, NOW.plusSeconds(40)).offset()).isZero();
        assertThat(Clock.of("edge", NOW, 1_000_030, NOW.plusSeconds(10)).offset()).isEqualTo(Duration.ofSeconds(20));
        assertThat(Clock.of("edge", NOW, 999_989, NOW.plusSeconds(1)).offset()).isEqualTo(Duration.ofSeconds(-10));
    }

    @Test
    void saysNothingOfClocksThatAreNearlyRight() {
        assertThat(judge(0, 2, -3)).isEmpty();
    }

    @Test
    void warnsOfAClockThatIsWrongAndBlocksOneThatIsFarOff() {
        assertThat(judge(7)).singleElement().satisfies(finding -> {
            assertThat(finding.blocks()).isFalse();
            assertThat(finding.text()).contains("host0 is 7 s ahead of", "chrony");
        });
        assertThat(judge(0, -700)).singleElement().satisfies(finding -> {
            assertThat(finding.blocks()).isTrue();
            assertThat(finding.text()).contains("host1 is 700 s behind");
        });
    }

    @Test
    void warnsOfHostsThatAreApart() {
        assertThat(judge(4, -4)).singleElement().satisfies(finding ->
                assertThat(finding.text()).contains("host0 and host1 are 8 s apart"));
    }
}
