package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.health.Unhealthy;
import io.jenkins.plugins.canary.host.HostException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Watches a held canary after its rollout has come to its end. It has no lease, so that anybody can promote the canary,
 * roll it back or release another meanwhile; it takes one only to roll back. A watcher that is killed leaves nothing
 * unfinished.
 */
final class HoldWatch {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration SAMPLING_INTERVAL = Duration.ofMinutes(1);

    /** A rollout that has come no further may yet be refused, and the canary stays. */
    private static final Set<State> NOTHING_YET = EnumSet.of(State.VALIDATING, State.PREPARING, State.REFUSED);

    private final Site site;
    private final Traffic traffic;
    private final Duration time;
    private final Claim claim;
    private long fence;
    private String lastWarning = "";

    HoldWatch(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
        this.time = site.plan().hold().watch();
        this.claim = site.claim();
        this.fence = site.lease().fence();
    }

    /**
     * Gives the lease back and watches, as long as the plan says.
     *
     * @return how that ended, the canary being held still or another's matter
     * @throws Exception why the canary must go back; the app is leased again for that
     */
    String run() throws Exception {
        site.lease().close();
        site.events().done("the canary is held and watched for " + inWords(time) + ". Anybody may promote it, roll it back or"
                + " release another meanwhile; a stop leaves it held");
        Instant start = Instant.now();
        Instant nextSamples = start;
        try {
            while (true) {
                Duration elapsed = Duration.between(start, Instant.now());
                if (elapsed.compareTo(time) >= 0) {
                    return "it was watched for " + inWords(time) + (lastWarning.isEmpty() ? " without a failure"
                            : ", but not seen at the end: " + lastWarning);
                }
                boolean sample = !Instant.now().isBefore(nextSamples);
                Optional<String> over = look(sample);
                if (over.isPresent()) {
                    return over.get();
                }
                nextSamples = sample ? Instant.now().plus(SAMPLING_INTERVAL) : nextSamples;
                site.events().tell(Type.PROGRESS, "watched for " + elapsed.toSeconds() + " of " + time.toSeconds() + " s",
                        Map.of("part", (double) elapsed.toMillis() / time.toMillis()));
                site.abort().pause(INTERVAL);
            }
        } catch (Aborted e) {
            return "the watch was stopped on request, and the canary left as it is";
        } finally {
            drop();
        }
    }

    /** @return why there is nothing to watch any more */
    private Optional<String> look(boolean sample) throws Exception {
        try {
            Claim.LeaseNow lease = claim.renew();
            if (lease.fence() != fence) {
                Optional<String> other = supersededBy();
                if (other.isPresent() || lease.held()) {
                    return other;
                }
                fence = lease.fence();
            }
            traffic.look(sample);
            lastWarning = "";
            return Optional.empty();
        } catch (Unhealthy | Traffic.NotServed e) {
            return goBack(e);
        } catch (HostException | Refused e) {
            warn("the held canary can't be watched: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<String> goBack(Exception reason) throws Exception {
        try {
            Optional<Unfinished> left = site.takeLease();
            Optional<String> other = left.isPresent() ? left.map(Unfinished::describe) : supersededBy();
            if (other.isPresent()) {
                site.lease().close();
                return other;
            }
        } catch (HeldByAnother e) {
            warn(reason.getMessage() + "\nIt is not rolled back as long as another has the app: " + e.getMessage());
            return Optional.empty();
        }
        site.reopen();
        throw reason;
    }

    /** Another rollout after this one that has changed something, or is about to. */
    private Optional<String> supersededBy() throws HostException {
        return History.read(site.journal()).stream()
                .filter(rollout -> !NOTHING_YET.contains(rollout.state()))
                .findFirst()
                .filter(last -> !last.rollout().equals(site.journal().rollout()))
                .map(last -> "the watch is over because of another rollout: " + last.action() + " by " + last.by()
                        + " since " + last.began());
    }

    private void warn(String warning) {
        if (!warning.equals(lastWarning)) {
            site.events().warning(warning);
            lastWarning = warning;
        }
    }

    private void drop() {
        try {
            claim.drop();
        } catch (HostException e) {
            site.events().warning("for " + Claim.TTL.toSeconds() + " s more it looks as if the canary was watched: "
                    + e.getMessage());
        }
    }

    private static String inWords(Duration time) {
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
