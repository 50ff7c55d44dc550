package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A few runs of {@code bin/test --chaos}, always with the same seed: what fails here fails because of a change.
 * {@code -Dchaos.seed=7} takes another.
 */
final class ChaosTest {

    private static final int RUNS = 20;
    private static final long SEED = 20;

    @Test
    void everyRunLeavesAHostThatIsConsistent() throws IOException {
        long seed = Long.getLong("chaos.seed", SEED);
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Chaos.Report report = new Chaos(seed, log::add).run(RUNS);

        assertThat(report.good()).as("bin/test --chaos %d --seed %d: %s\n%s", RUNS, seed, report.json(),
                String.join("\n", log)).isTrue();
    }
}
