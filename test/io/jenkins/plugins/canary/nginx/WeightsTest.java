package io.jenkins.plugins.canary.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {

    @ParameterizedTest
    @CsvSource({"0, 0:1000", "0.1, 1:999", "10, 100:900", "33.3, 333:667", "99.9, 999:1", "100, 1000:0"})
    void countsASharesTenthsAsThousandths(double share, String weights) {
        assertThat(Weights.ofShare(share)).hasToString(weights);
        assertThat(Weights.ofShare(share).share()).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 100.1, 0.04, 12.34, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNoShare(double share) {
        assertThatThrownBy(() -> Weights.ofShare(share)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isAWhole() {
        assertThatThrownBy(() -> new Weights(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Weights(-1, 1001)).isInstanceOf(IllegalArgumentException.class);
    }
}
