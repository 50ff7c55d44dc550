package io.jenkins.plugins.canary.nginx;

/**
 * How requests are divided, in thousandths. 0 means that the slot is not in the upstream at all.
 *
 * @param canary 0 to 1000
 * @param stable the rest to 1000
 */
public record Weights(int canary, int stable) {

    /** What a healthy idle canary keeps, so that it can be watched. */
    public static final Weights MINIMUM = new Weights(1, 999);

    private static final int WHOLE = 1000;

    public Weights {
        if (canary < 0 || stable < 0 || canary + stable != WHOLE) {
            throw new IllegalArgumentException("weights are thousandths and make 1000, not " + canary + ":" + stable);
        }
    }

    /**
     * @param share the canary's percent of the requests, 0 to 100, in tenths
     * @throws IllegalArgumentException it is outside that range, or finer than a tenth
     */
    public static Weights ofShare(double share) {
        long canary = Math.round(10 * share);
        if (!(share >= 0 && share <= 100) || Math.abs(10 * share - canary) > 1e-6) {
            throw new IllegalArgumentException("a share is 0 to 100 percent in tenths, not " + share);
        }
        return new Weights((int) canary, WHOLE - (int) canary);
    }

    /** The nearest thousandths; a slot that has any weight keeps at least one. */
    static Weights ofRatio(long canary, long stable) {
        long sum = canary + stable;
        if (sum <= 0) {
            throw new IllegalArgumentException("no weight at all");
        }
        int rounded = (int) Math.round((double) WHOLE * canary / sum);
        int least = canary > 0 ? 1 : 0;
        int most = stable > 0 ? WHOLE - 1 : WHOLE;
        int share = Math.max(least, Math.min(most, rounded));
        return new Weights(share, WHOLE - share);
    }

    /** Whether the canary gets more than what an idle one keeps. */
    public boolean canaryHasUsers() {
        return canary > MINIMUM.canary;
    }

    /** The canary's percent of the requests. */
    public double share() {
        return canary / 10.0;
    }

    /** As a person writes it: {@code 100:900}. */
    @Override
    public String toString() {
        return canary + ":" + stable;
    }
}
