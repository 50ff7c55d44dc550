package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A few runs of {@code bin/test --chaos}, with another seed each time; the seed is in the message where one fails. */
final class ChaosTest {

    private static final int RUNS = 20;

    @Test
    void everyRunLeavesAHostThatIsConsistent() throws IOException {
        long seed = Long.getLong("chaos.seed", System.currentTimeMillis());
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Chaos.Report report = new Chaos(seed, log::add).run(RUNS);

        assertThat(report.good()).as("bin/test --chaos %d --seed %d: %s\n%s", RUNS, seed, report.json(),
                String.join("\n", log)).isTrue();
    }
}
