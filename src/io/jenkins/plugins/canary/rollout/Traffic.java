package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.analysis.ShareEstimate;
import io.jenkins.plugins.canary.analysis.ShareEstimate.Verdict;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.host.ConnectionLost;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.routing.NotApplied;
import io.jenkins.plugins.canary.routing.Observation;
import io.jenkins.plugins.canary.routing.Routing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Moves requests between the slots, and proves that they moved. */
final class Traffic {

    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LEAST_LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    /** An NGINX that is started anew answers long before. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

    private final Site site;
    private final Plan plan;
    private final Map<String, Observation> lastObserved = new LinkedHashMap<>();
    private Optional<Routing> routing = Optional.empty();
    private Map<String, Double> sharesBefore = Map.of();
    private Optional<Instant> silentSince = Optional.empty();
    private int cut;

    Traffic(Site site) {
        this.site = site;
        this.plan = site.plan();
    }

    /** NGINX splits otherwise than its configuration says. */
    static final class NotServed extends Exception {

        NotServed(String message) {
            super(message);
        }
    }

    /** The weights now, as NGINX's files have them. */
    Map<String, Weights> weights() throws Refused, HostException {
        routing = Optional.of(site.router().read());
        Map<String, Weights> now = routing.get().weights();
        if (sharesBefore.isEmpty()) {
            sharesBefore = shares(now);
        }
        return now;
    }

    /**
     * Makes NGINX use these weights, as often as the plan allows.
     *
     * @throws NotApplied it never did; NGINX is as before, or the message says otherwise
     */
    void apply(Map<String, Weights> wanted)
            throws NotApplied, Refused, HostException, Aborted {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt >= plan.rollout().attempts();
            try {
                Routing now = site.router().apply(wanted);
                routing = Optional.of(now);
                Optional<String> off = firstOff(wanted, now);
                if (off.isEmpty()) {
                    lastObserved.clear();
                    tell(wanted, now);
                    return;
                }
                if (last) {
                    throw new NotApplied(off.get(), false);
                }
                site.events().warning(off.get() + "; applying it again");
            } catch (NotApplied e) {
                if (last || !e.worthAnotherTry()) {
                    throw e;
                }
                site.events().warning(e.getMessage() + " Trying again (" + attempt + " of "
                        + plan.rollout().attempts() + ").");
            } catch (ConnectionLost e) {
                if (last) {
                    throw e;
                }
                site.events().warning(e.getMessage() + " Connecting again and applying the shares anew.");
            }
        }
    }

    /**
     * Watches a slot at the weights that were applied last: its health, and how requests really split.
     *
     * @param watched the slot that is getting more requests than before
     * @return what has not been seen although the soak took as long as it may
     */
    Optional<String> soak(Soak soak, SlotName watched)
            throws Unhealthy, NotServed, Refused, HostException, Aborted {
        Routing applied = routing.orElseThrow();
        Instant start = Instant.now();
        Duration healthInterval = shorter(HEALTH_INTERVAL, soak.time().dividedBy(2));
        Duration lookInterval = longer(LEAST_LOOK_INTERVAL, healthInterval);
        Instant nextProgress = start;
        Instant nextHealth = start;
        Instant nextSamples = start;
        Instant nextLook = start.plus(lookInterval);
        while (true) {
            Duration elapsed = Duration.between(start, Instant.now());
            boolean over = elapsed.compareTo(soak.time()) >= 0;
            if (!Instant.now().isBefore(nextHealth) || over) {
                checkHealth(applied, watched);
                nextHealth = Instant.now().plus(healthInterval);
            }
            if (!over && !Instant.now().isBefore(nextLook)) {
                lastObserved.values().stream().filter(seen -> seen.verdict() == Verdict.PROVED)
                        .forEach(Observation::lookAgain);
                nextLook = Instant.now().plus(lookInterval);
            }
            Optional<String> missing = missing(applied, soak.minRequests());
            if (over && (missing.isEmpty() || elapsed.compareTo(soak.most()) >= 0)) {
                tellObserved(applied);
                return missing;
            }
            if (missing.isPresent() && !Instant.now().isBefore(nextSamples)) {
                nextSamples = Instant.now().plus(site.verifier().pace());
                sample(applied, soak.minRequests());
            }
            if (!Instant.now().isBefore(nextProgress)) {
                tellProgress(applied, elapsed, over ? soak.most() : soak.time(), over ? missing : Optional.empty());
                nextProgress = Instant.now().plus(PROGRESS_INTERVAL);
            }
            site.abort().pause(LOOK_INTERVAL);
        }
    }

    /**
     * Looks once at a canary that is held. Weights that a person has changed by hand are kept and told, and its health is
     * all that is judged then.
     *
     * @param sample whether requests are sent to see how they split
     */
    void look(boolean sample) throws Unhealthy, NotServed, Refused, HostException, Aborted {
        Routing applied = routing.orElseThrow();
        if (!sample) {
            checkHealth(applied, SlotName.CANARY);
            return;
        }
        Routing now = site.router().read();
        boolean untouched = now.generation() == applied.generation() && now.weights().equals(applied.weights());
        if (!untouched) {
            site.events().warning("NGINX's configuration on " + plan.hostEntry(plan.edge()).address() + " was changed by"
                    + " someone: the weights are now " + now.weights() + ". They are kept");
            routing = Optional.of(now);
        }
        checkHealth(now, SlotName.CANARY);
        lastObserved.clear();
        while (untouched && missing(now, 0).isPresent()) {
            sample(now, 0);
            site.abort().pause(site.verifier().pace());
        }
    }

    /** Takes a slot out of every upstream, and proves that NGINX sends it nothing more. */
    void leave(SlotName slot) throws NotApplied, Refused, NotServed, HostException, Aborted {
        Weights none = slot == SlotName.CANARY ? new Weights(0, 1000) : new Weights(1000, 0);
        apply(ofAll(none));
        requireNoneAt(slot);
    }

    /**
     * Takes a slot out of every upstream, if it is in one, and waits until the requests that it still has are answered.
     * Only then may its containers be replaced.
     */
    void clear(SlotName slot) throws NotApplied, Refused, NotServed, HostException, Aborted {
        boolean serves = weights().values().stream().anyMatch(weights -> weightOf(slot, weights) > 0);
        if (serves) {
            leave(slot);
        }
        Instant deadline = Instant.now().plus(plan.rollout().drain());
        for (String service : plan.services().keySet()) {
            int port = plan.services().get(service).port(slot);
            int left = site.verifier().drain(port, Duration.between(Instant.now(), deadline));
            cut += left;
            if (left > 0) {
                site.events().warning(left + " connections to " + service + " (" + slot.label() + ", port " + port
                        + ") are still open after " + plan.rollout().drain().toSeconds() + " s and will be cut");
            }
        }
        site.events().done("no request is under way in the " + slot.label() + " slot");
    }

    Map<String, Weights> ofAll(Weights weights) {
        Map<String, Weights> all = new LinkedHashMap<>();
        plan.services().keySet().forEach(service -> all.put(service, weights));
        return all;
    }

    static int weightOf(SlotName slot, Weights weights) {
        return slot == SlotName.CANARY ? weights.canary() : weights.stable();
    }

    /** What the services serve, as far as it was read. */
    Map<String, Outcome.Served> served() {
        Map<String, Outcome.Served> served = new LinkedHashMap<>();
        routing.ifPresent(now -> now.weights().forEach((service, weights) -> {
            Optional<ShareEstimate> estimate = Optional.ofNullable(lastObserved.get(service)).map(Observation::estimate)
                    .filter(found -> found.samples() > 0);
            served.put(service, new Outcome.Served(
                    weights, estimate.map(ShareEstimate::share), estimate.map(ShareEstimate::samples).orElse(0)));
        }));
        return served;
    }

    /** Why only NGINX's files say how requests split, where NGINX itself can't be asked. */
    Optional<String> whyNotAsked() {
        return routing.filter(now -> now.probe().isEmpty()).map(now -> "only NGINX's files were read: "
                + (now.generation() == 0 ? "NGINX itself can be asked from the first change of shares on"
                        : "no probe can reach NGINX (why: canary check --plan PLAN)"));
    }

    /** The canary's shares when this rollout read them first, in percent by service. */
    Map<String, Double> sharesBefore() {
        return sharesBefore;
    }

    int cut() {
        return cut;
    }

    private void requireNoneAt(SlotName slot) throws NotServed, HostException, Aborted {
        Routing now = routing.orElseThrow();
        if (now.probe().isEmpty()) {
            return;
        }
        sample(now, 0);
        while (lastObserved.values().stream().anyMatch(observation -> observation.estimate().samples() == 0)) {
            site.abort().pause(LOOK_INTERVAL);
            sample(now, 0);
        }
        for (var observed : lastObserved.entrySet()) {
            double share = observed.getValue().estimate().share();
            if (slot == SlotName.CANARY ? share > 0 : share < 100) {
                throw new NotServed("NGINX still sends requests of " + observed.getKey() + " to the " + slot.label()
                        + " slot, which its configuration no longer has");
            }
        }
    }

    private void sample(Routing applied, int minRequests) throws NotServed, HostException, Aborted {
        for (var entry : applied.weights().entrySet()) {
            site.abort().check();
            Observation observation = lastObserved.computeIfAbsent(entry.getKey(),
                    service -> site.verifier().observe(service, entry.getValue().share()));
            if (!isSettled(entry.getKey(), entry.getValue(), minRequests)) {
                requireAnswers(site.verifier().sample(entry.getKey(), applied.probe().orElseThrow(), observation));
            }
        }
    }

    private void requireAnswers(int answers) throws NotServed {
        Instant now = Instant.now();
        silentSince = answers > 0 ? Optional.empty() : silentSince.or(() -> Optional.of(now));
        if (silentSince.isPresent() && silentSince.get().plus(LONGEST_SILENCE).isBefore(now)) {
            silentSince = Optional.empty();
            throw new NotServed("NGINX on " + plan.edge() + " has not answered for " + LONGEST_SILENCE.toSeconds()
                    + " s: look there whether it runs, and at its error log");
        }
    }

    private void checkHealth(Routing applied, SlotName watched) throws Unhealthy, HostException, Aborted {
        for (var entry : applied.weights().entrySet()) {
            if (weightOf(watched, entry.getValue()) > 0) {
                site.health(entry.getKey(), watched).check();
            }
        }
    }

    /** What has not been seen yet, in words. */
    private Optional<String> missing(Routing applied, int minRequests)
            throws Unhealthy, NotServed, Refused, HostException, Aborted {
        if (applied.probe().isEmpty()) {
            return Optional.empty();
        }
        for (var entry : applied.weights().entrySet()) {
            Observation observation = lastObserved.get(entry.getKey());
            if (observation != null && observation.canaryFails()) {
                // Says more, where the slot's own health tells too.
                site.health(entry.getKey(), SlotName.CANARY).check();
                throw new Unhealthy(entry.getKey() + " (canary) fails requests that NGINX sends it; NGINX answers them"
                        + " from the stable slot as long as it can");
            }
            if (observation != null && observation.verdict() == Verdict.WRONG) {
                throw wrong(applied, entry.getKey(), observation.latest());
            }
            if (!isSettled(entry.getKey(), entry.getValue(), minRequests)) {
                int asked = observation == null ? 0 : observation.estimate().samples();
                int answered = observation == null ? 0 : observation.servedByCanary();
                return Optional.of("of " + asked + " requests to " + entry.getKey() + " the canary has answered "
                        + answered + " (wanted: " + minRequests + ")");
            }
        }
        return Optional.empty();
    }

    /**
     * Where the files are still those that were proved, NGINX knows the right weights: a share that is missing then is
     * a server that it takes out because requests to it fail.
     */
    private NotServed wrong(Routing applied, String service, ShareEstimate estimate)
            throws Unhealthy, Refused, HostException {
        double wanted = applied.weights().get(service).share();
        String sends = String.format(Locale.ROOT, "%s: NGINX sends %.1f %% to the canary instead of %.1f"
                + " (%d requests, 95 %% interval %.1f to %.1f)", service, estimate.share(), wanted, estimate.samples(),
                estimate.low(), estimate.high());
        Routing now = site.router().read();
        boolean untouched = now.generation() == applied.generation() && now.weights().equals(applied.weights());
        if (untouched && estimate.share() < wanted) {
            throw new Unhealthy(sends + " although its configuration is right: it takes the canary out (max_fails)"
                    + " because requests to it fail. NGINX's error log on " + plan.hostEntry(plan.edge()).address()
                    + " names them.");
        }
        return new NotServed(sends);
    }

    private boolean isSettled(String service, Weights weights, int minRequests) {
        Observation observation = lastObserved.get(service);
        if (observation == null) {
            return false;
        }
        boolean proved = observation.verdict() == Verdict.PROVED
                || observation.estimate().samples() >= plan.probe().max();
        boolean enough = weights.canary() <= Weights.MINIMUM.canary() || observation.servedByCanary() >= minRequests;
        return proved && enough;
    }

    private Optional<String> firstOff(Map<String, Weights> wanted, Routing now) {
        for (var entry : wanted.entrySet()) {
            double difference = Math.abs(now.weights().get(entry.getKey()).share() - entry.getValue().share());
            // The number itself still passes; shares are tenths, which doubles can't hold exactly.
            if (difference > plan.rollout().tolerance() + 1e-9) {
                return Optional.of(entry.getKey() + " has weights " + now.weights().get(entry.getKey())
                        + " in NGINX's configuration instead of " + entry.getValue());
            }
        }
        return Optional.empty();
    }

    private void tell(Map<String, Weights> wanted, Routing now) {
        Map<String, Double> shares = shares(now.weights());
        boolean one = shares.values().stream().distinct().count() == 1;
        String what = one ? "all services at " + percent(shares.values().iterator().next()) : wanted.entrySet().stream()
                .map(entry -> entry.getKey() + " at " + percent(entry.getValue().share()))
                .reduce((first, second) -> first + ", " + second).orElse("");
        site.events().tell(Type.SHARE, "applied: " + what + (now.probe().isPresent()
                        ? " (NGINX answers with generation " + now.generation() + ")" : " (files only)"),
                Map.of("shares", shares, "generation", now.generation(), "proved", now.probe().isPresent()));
    }

    private void tellObserved(Routing applied) {
        Map<String, Object> proved = new LinkedHashMap<>();
        List<String> texts = new ArrayList<>();
        lastObserved.forEach((service, observation) -> {
            ShareEstimate estimate = observation.estimate();
            double share = applied.weights().get(service).share();
            boolean isProved = observation.verdict() == Verdict.PROVED;
            texts.add(service + " " + percent(estimate.share()) + " of " + estimate.samples());
            if (isProved) {
                proved.put(service, Map.of("share", share, "liveShare", estimate.share(),
                        "samples", estimate.samples(), "low", estimate.low(), "high", estimate.high()));
            }
        });
        if (!texts.isEmpty()) {
            site.events().tell(Type.OBSERVED, (proved.size() == texts.size() ? "observed: " : "sampled in passing: ")
                            + String.join(", ", texts) + " requests went to the canary",
                    Map.of("services", proved));
        }
    }

    private void tellProgress(Routing applied, Duration elapsed, Duration time, Optional<String> waitsFor) {
        double part = time.isZero() ? 1 : (double) elapsed.toMillis() / time.toMillis();
        String shares = applied.weights().entrySet().stream()
                .map(entry -> entry.getKey() + " " + percent(entry.getValue().share()))
                .reduce((one, other) -> one + "  " + other).orElse("");
        site.events().tell(Type.PROGRESS, elapsed.toSeconds() + " of " + time.toSeconds() + " s  " + shares
                + waitsFor.map(reason -> "  waiting: " + reason).orElse(""), Map.of("part", part));
    }

    private static Map<String, Double> shares(Map<String, Weights> weights) {
        Map<String, Double> shares = new LinkedHashMap<>();
        weights.forEach((service, each) -> shares.put(service, each.share()));
        return shares;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share).replace(".0 %", " %");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
