package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.event.State;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransitionsTest {

    /** Each line: a state, and where it may go. */
    private static final String TABLE = """
            PENDING      VALIDATING REFUSED
            VALIDATING   PREPARING SHIFTING PROMOTING ROLLING_BACK REFUSED
            PREPARING    DEPLOYING SHIFTING HOLDING SUCCEEDED ROLLING_BACK REFUSED
            DEPLOYING    SHIFTING PROMOTING ROLLING_BACK
            SHIFTING     HOLDING SUCCEEDED ROLLING_BACK
            PROMOTING    SUCCEEDED ROLLED_BACK ROLLING_BACK
            ROLLING_BACK ROLLED_BACK PREPARING FAILED REFUSED
            HOLDING      ROLLING_BACK
            SUCCEEDED
            ROLLED_BACK
            REFUSED
            FAILED
            """;

    static Stream<Arguments> everyPair() {
        return TABLE.lines().map(line -> List.of(line.split(" +"))).flatMap(TransitionsTest::pairs);
    }

    private static Stream<Arguments> pairs(List<String> line) {
        State from = State.valueOf(line.get(0));
        return Arrays.stream(State.values()).map(to ->
                Arguments.of(from, to, line.subList(1, line.size()).contains(to.name())));
    }

    @ParameterizedTest(name = "{0} to {1}: {2}")
    @MethodSource("everyPair")
    void allowsExactlyTheTable(State from, State to, boolean allowed) {
        if (allowed) {
            assertThatCode(() -> Transitions.require(from, to)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> Transitions.require(from, to)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(from.name()).hasMessageContaining(to.name());
        }
    }
}
