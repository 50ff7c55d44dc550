package io.jenkins.plugins.canary.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.analysis.ShareEstimate.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShareEstimateTest {

    private static final double TOLERANCE = 2;
    private static final int BURST = 100;
    private static final int MOST_BURSTS = 20;
    private static final int RUNS = 1000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 10, 12.5, 33.3, 50, 70, 99.9, 100})
    void provesAShareByAHundredRequestsWhenNobodyElseAsks(double share) {
        ShareEstimate estimate = ShareEstimate.of(List.of(new RoundRobin(share, 0, new Random(1)).burst()), share);

        assertThat(estimate.even()).isTrue();
        assertThat(estimate.samples()).isEqualTo(100);
        assertThat(estimate.verdict(share, TOLERANCE)).isEqualTo(Verdict.PROVED);
    }

    @Test
    void provesNothingByFewerThanAHundred() {
        List<Boolean> burst = new RoundRobin(10, 0, new Random(1)).burst().subList(0, 90);

        assertThat(ShareEstimate.of(List.of(burst), 10).verdict(10, TOLERANCE)).isEqualTo(Verdict.OPEN);
        assertThat(ShareEstimate.of(List.of(), 10).verdict(10, TOLERANCE)).isEqualTo(Verdict.OPEN);
    }

    @Test
    void doesNotTakeAHundredRequestsOfDiceForProof() {
        List<Boolean> dice = new ArrayList<>(Collections.nCopies(10, true));
        dice.addAll(Collections.nCopies(90, false));

        ShareEstimate estimate = ShareEstimate.of(List.of(dice), 10);

        assertThat(estimate.even()).isFalse();
        assertThat(estimate.share()).isEqualTo(10);
        assertThat(estimate.verdict(10, TOLERANCE)).isEqualTo(Verdict.OPEN);
    }

    @Test
    void needsManyRequestsWhereTheyFallLikeDice() {
        int[] samples = {0};
        Random random = new Random(7);
        List<List<Boolean>> bursts = new ArrayList<>();
        Verdict verdict = Verdict.OPEN;
        while (verdict == Verdict.OPEN && bursts.size() < 100) {
            List<Boolean> burst = new ArrayList<>();
            for (int i = 0; i < BURST; i++) {
                burst.add(random.nextDouble() < 0.4);
            }
            bursts.add(burst);
            ShareEstimate estimate = ShareEstimate.of(bursts, 40);
            samples[0] = estimate.samples();
            verdict = estimate.verdict(40, TOLERANCE);
        }

        assertThat(verdict).isEqualTo(Verdict.PROVED);
        assertThat(samples[0]).isGreaterThanOrEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 12,    12,    PROVED", "10, 8,     8,     PROVED", "10, 8,     12,    PROVED",
        "10, 8,     12.01, OPEN",   "10, 7.99,  12,    OPEN",   "10, 11.9,  12.1,  OPEN",
        "10, 13,    15,    WRONG",  "10, 4,     7,     WRONG",  "10, 12.01, 15,    OPEN",   "33.3, 31.3, 35.3, PROVED",
        "70.1, 68.1, 72.1, PROVED"
    })
    void letsADifferenceOfTheVeryToleranceThrough(double wanted, double low, double high, Verdict verdict) {
        int canary = (int) Math.round(10 * (low + high) / 2);

        assertThat(new ShareEstimate(1000, canary, low, high, false).verdict(wanted, TOLERANCE)).isEqualTo(verdict);
    }

    @Test
    void condemnsNoShareByFewerThanAThousand() {
        assertThat(new ShareEstimate(999, 500, 45, 55, false).verdict(10, TOLERANCE)).isEqualTo(Verdict.OPEN);
        assertThat(new ShareEstimate(1000, 500, 45, 55, false).verdict(10, TOLERANCE)).isEqualTo(Verdict.WRONG);
    }

    @ParameterizedTest
    @CsvSource({"10, 4", "40, 1", "50, 10", "70, 2", "0.1, 2"})
    void condemnsHardlyEverARightShareUnderLoad(double share, double others) {
        assertThat(runsThatEnd(Verdict.WRONG, share, share, others)).isLessThan(RUNS / 200);
    }

    @ParameterizedTest
    @CsvSource({"10, 0", "10, 4", "40, 1", "50, 10"})
    void provesHardlyEverAShareThatIsFivePointsOff(double share, double others) {
        assertThat(runsThatEnd(Verdict.PROVED, share, share + 5, others)).isLessThan(RUNS / 100);
        assertThat(runsThatEnd(Verdict.PROVED, share, share - 5, others)).isLessThan(RUNS / 100);
    }

    /** As a soak does it: a burst more until there is a verdict, or the most that a plan asks by default are sent. */
    private static int runsThatEnd(Verdict end, double wanted, double real, double others) {
        Random random = new Random(20260101);
        int count = 0;
        for (int run = 0; run < RUNS; run++) {
            RoundRobin nginx = new RoundRobin(real, others, random);
            List<List<Boolean>> bursts = new ArrayList<>();
            Verdict verdict = Verdict.OPEN;
            while (verdict == Verdict.OPEN && bursts.size() < MOST_BURSTS) {
                bursts.add(nginx.burst());
                verdict = ShareEstimate.of(bursts, wanted).verdict(wanted, TOLERANCE);
            }
            count += verdict == end ? 1 : 0;
        }
        return count;
    }

    /** NGINX's smooth weighted round robin of two servers, and others who ask in between. */
    private static final class RoundRobin {

        private final int canary;
        private final double others;
        private final Random random;
        private int canaryNow;
        private int stableNow;

        /** @param others how many requests of others come between two of ours on average, at random */
        RoundRobin(double share, double others, Random random) {
            this.canary = (int) Math.round(10 * share);
            this.others = others;
            this.random = random;
            // Bursts begin anywhere in NGINX's cycle.
            for (int i = random.nextInt(1000); i > 0; i--) {
                toCanary();
            }
        }

        List<Boolean> burst() {
            List<Boolean> burst = new ArrayList<>();
            for (int i = 0; i < BURST; i++) {
                for (int other = between(); other > 0; other--) {
                    toCanary();
                }
                burst.add(toCanary());
            }
            return burst;
        }

        /** Poisson's distribution by Knuth's method. */
        private int between() {
            double limit = Math.exp(-others);
            int count = 0;
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                count++;
            }
            return count;
        }

        private boolean toCanary() {
            canaryNow += canary;
            stableNow += 1000 - canary;
            boolean chosen = canaryNow > stableNow;
            if (chosen) {
                canaryNow -= 1000;
            } else {
                stableNow -= 1000;
            }
            return chosen;
        }
    }
}
