package io.jenkins.plugins.canary.analysis;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;
import org.apache.commons.statistics.interval.NormalConfidenceInterval;

/**
 * What samples say about the canary's share.
 *
 * @param samples how many requests
 * @param canary how many of them NGINX sent to the canary first
 * @param low lower bound of the 95 % interval, in percent
 * @param high upper bound of it
 * @param even whether the canary's requests came as evenly as NGINX spreads them when nobody else asks
 */
public record ShareEstimate(int samples, int canary, double low, double high, boolean even) {

    /** With nobody else asking, NGINX's smooth round robin is exact; so many requests suffice then. */
    public static final int ENOUGH_WHEN_EVEN = 100;

    private static final double ERROR_RATE = 0.05;

    /** Fewer may be far off by chance. */
    private static final int ENOUGH_TO_CONDEMN = 1000;

    /**
     * How much wider than the 95 % interval the one is that condemns: with every burst it is looked at again, so now
     * and then that of a right share would lie outside. Of 1000 right shares under load up to 19 did from 500 requests
     * on, up to 7 from 1000 on, and with this none or one.
     */
    private static final double WIDER_TO_CONDEMN = 1.25;

    /** The least number of bursts whose spread says anything. */
    private static final int ENOUGH_BURSTS = 5;

    /** What an estimate says of a wanted share. */
    public enum Verdict {
        /** The interval lies inside the tolerance, or the samples are exact and do. */
        PROVED,
        /** Could still be either. */
        OPEN,
        /** So many samples can't be so far off by chance. */
        WRONG
    }

    /**
     * The interval comes from the spread of the bursts' own shares (batch means): NGINX's round robin spreads requests
     * far more evenly than dice would, the more so the fewer others ask in between, and the spread shows how much. With
     * too few bursts for that it is Wilson's, which supposes dice.
     *
     * @param bursts for each burst of requests, for each request in order, whether NGINX chose the canary first
     * @param wanted the share that should be served, in percent
     */
    public static ShareEstimate of(List<List<Boolean>> bursts, double wanted) {
        List<Boolean> all = bursts.stream().flatMap(List::stream).toList();
        if (all.isEmpty()) {
            return new ShareEstimate(0, 0, 0, 100, false);
        }
        Interval interval = bursts.size() < ENOUGH_BURSTS ? ofDice(all) : ofBursts(bursts);
        return new ShareEstimate(all.size(), hits(all), Math.max(0, 100 * interval.getLowerBound()),
                Math.min(100, 100 * interval.getUpperBound()), isEven(all, wanted / 100));
    }

    /** In percent. */
    public double share() {
        return samples == 0 ? 0 : 100.0 * canary / samples;
    }

    /**
     * @param tolerance in points; a difference of exactly so much passes
     */
    public Verdict verdict(double wanted, double tolerance) {
        // Shares are tenths, which doubles can't hold exactly.
        double allowed = tolerance + 1e-9;
        boolean exact = even && samples >= ENOUGH_WHEN_EVEN && Math.abs(share() - wanted) <= allowed;
        if (exact || low >= wanted - allowed && high <= wanted + allowed) {
            return Verdict.PROVED;
        }
        double margin = (WIDER_TO_CONDEMN - 1) * (high - low) / 2;
        boolean outside = high + margin < wanted - allowed || low - margin > wanted + allowed;
        return outside && samples >= ENOUGH_TO_CONDEMN ? Verdict.WRONG : Verdict.OPEN;
    }

    private static Interval ofDice(List<Boolean> all) {
        return BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(all.size(), hits(all), ERROR_RATE);
    }

    private static Interval ofBursts(List<List<Boolean>> bursts) {
        List<Double> shares = new ArrayList<>();
        bursts.forEach(burst -> shares.add((double) hits(burst) / burst.size()));
        double mean = shares.stream().mapToDouble(share -> share).sum() / shares.size();
        double variance = shares.stream().mapToDouble(share -> (share - mean) * (share - mean)).sum()
                / (shares.size() - 1);
        return NormalConfidenceInterval.MEAN.fromErrorRate(mean, variance, shares.size(), ERROR_RATE);
    }

    private static int hits(List<Boolean> chosen) {
        return (int) chosen.stream().filter(hit -> hit).count();
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
