package io.jenkins.plugins.canary.analysis;

import java.util.List;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * What samples say about the canary's share.
 *
 * @param samples how many requests
 * @param canary how many of them NGINX sent to the canary first
 * @param low lower bound of the 95 % interval, in percent (Wilson score)
 * @param high upper bound of it
 * @param even whether the canary's requests came as evenly as NGINX spreads them when nobody else asks
 */
public record ShareEstimate(int samples, int canary, double low, double high, boolean even) {

    /** With nobody else asking, NGINX's smooth round robin is exact; so many requests suffice then. */
    public static final int ENOUGH_WHEN_EVEN = 100;

    private static final double ERROR_RATE = 0.05;

    /** Fewer may be far off by chance, and since they are looked at again and again, now and then one would be. */
    private static final int ENOUGH_TO_CONDEMN = 500;

    /** What an estimate says of a wanted share. */
    public enum Verdict {
        /** The interval lies inside the tolerance, or the samples are exact and do. */
        PROVED,
        /** Could still be either. */
        OPEN,
        /** The interval lies outside of the tolerance. */
        WRONG
    }

    /**
     * @param chosen for each request in order, whether NGINX chose the canary first
     * @param wanted the share that should be served, in percent
     */
    public static ShareEstimate of(List<Boolean> chosen, double wanted) {
        if (chosen.isEmpty()) {
            return new ShareEstimate(0, 0, 0, 100, false);
        }
        int hits = (int) chosen.stream().filter(hit -> hit).count();
        Interval interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(chosen.size(), hits, ERROR_RATE);
        return new ShareEstimate(
                chosen.size(),
                hits,
                100 * interval.getLowerBound(),
                100 * interval.getUpperBound(),
                isEven(chosen, wanted / 100));
    }

    /** In percent. */
    public double share() {
        return samples == 0 ? 0 : 100.0 * canary / samples;
    }

    /**
     * @param tolerance in points; a difference of exactly so much passes
     */
    public Verdict verdict(double wanted, double tolerance) {
        boolean close = Math.abs(share() - wanted) <= tolerance + 1e-9;
        if (even && samples >= ENOUGH_WHEN_EVEN && close) {
            return Verdict.PROVED;
        }
        if (low >= wanted - tolerance && high <= wanted + tolerance) {
            return Verdict.PROVED;
        }
        boolean outside = high < wanted - tolerance || low > wanted + tolerance;
        return outside && samples >= ENOUGH_TO_CONDEMN ? Verdict.WRONG : Verdict.OPEN;
    }

    /**
     * Smooth weighted round robin between two servers keeps every run of n requests within one of n times the share
     * (NGINX: ngx_http_upstream_get_peer). Requests of others in between break that at once, so samples that keep to it
     * are exact, not a matter of chance.
     */
    private static boolean isEven(List<Boolean> chosen, double share) {
        int hits = 0;
        double least = 0;
        double most = 0;
        for (int i = 0; i < chosen.size(); i++) {
            hits += chosen.get(i) ? 1 : 0;
            double ahead = hits - share * (i + 1);
            least = Math.min(least, ahead);
            most = Math.max(most, ahead);
        }
        return most - least <= 1 + 1e-9;
    }
}
