package io.jenkins.plugins.canary.routing;

import io.jenkins.plugins.canary.analysis.ShareEstimate;
import io.jenkins.plugins.canary.analysis.ShareEstimate.Verdict;
import io.jenkins.plugins.canary.plan.Plan.Service;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The samples of one service at one share, as they come in. */
public final class Observation {

    /** So many failing answers of the canary among its samples are no accident. */
    private static final int FAILURES = 3;

    private final double share;
    private final double tolerance;
    private final Service service;
    private final List<List<Sample>> bursts = new ArrayList<>();
    private int look;

    Observation(double share, double tolerance, Service service) {
        this.share = share;
        this.tolerance = tolerance;
        this.service = service;
    }

    void add(List<Sample> burst) {
        if (!burst.isEmpty()) {
            bursts.add(burst);
        }
    }

    /** Of all samples. */
    public ShareEstimate estimate() {
        return estimate(bursts);
    }

    /** Of the samples since {@link #lookAgain}, or of all where that was not asked. */
    public ShareEstimate latest() {
        return estimate(bursts.subList(look, bursts.size()));
    }

    /** What {@link #latest} says. */
    public Verdict verdict() {
        return latest().verdict(share, tolerance);
    }

    /** From here on what was seen earlier proves nothing: NGINX may have changed since. */
    public void lookAgain() {
        look = bursts.size();
    }

    /** How many requests the canary itself answered. */
    public int servedByCanary() {
        return (int) samples().filter(sample -> sample.servedPort() == service.port(SlotName.CANARY)).count();
    }

    /**
     * Whether the canary fails what it is sent: NGINX then tries the stable slot and soon sends it nothing, so a share
     * that is missing is the canary's health and not a wrong weight.
     */
    public boolean canaryFails() {
        return samples().filter(this::failedOnCanary).count() >= FAILURES;
    }

    private ShareEstimate estimate(List<List<Sample>> some) {
        List<List<Boolean>> chosen = new ArrayList<>();
        some.forEach(burst ->
                chosen.add(burst.stream().map(sample -> sample.chosenPort() == service.port(SlotName.CANARY)).toList()));
        return ShareEstimate.of(chosen, share);
    }

    private Stream<Sample> samples() {
        return bursts.stream().flatMap(List::stream);
    }

    private boolean failedOnCanary(Sample sample) {
        boolean passedOn = sample.chosenPort() == service.port(SlotName.CANARY)
                && sample.servedPort() != sample.chosenPort();
        boolean failed = sample.servedPort() == service.port(SlotName.CANARY) && sample.status() >= 500;
        return passedOn || failed && service.health().status() < 500;
    }
}
