package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.preflight.Finding;
import io.jenkins.plugins.canary.preflight.Preflight;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing done to an app: from the first check to an outcome that says where traffic is. Whatever goes wrong on the
 * way, the outcome is one of those of {@link End}; nothing is thrown. Used once, by one thread.
 */
public final class Rollout {

    private final Plan plan;
    private final Map<String, Host> hosts;
    private final Events events;
    private final Abort abort;
    private final String by;
    private final Instant start = Instant.now();

    /**
     * @param hosts by their names in the plan, all of them; they stay open
     * @param abort how a person can ask to turn back
     * @param by who does it, for others who find the app held
     */
    public Rollout(Plan plan, Map<String, Host> hosts, Events events, Abort abort, String by) {
        this.plan = plan;
        this.hosts = Map.copyOf(hosts);
        this.events = events;
        this.abort = abort;
        this.by = by;
    }

    /** @param type one that deploys: not {@code promote-canary} or {@code rollback}, which ask for less */
    public Outcome deploy(DeployType type, DeployRequest request) {
        Site site = site(type.label());
        Traffic traffic = new Traffic(site);
        return perform(site, traffic, switch (type) {
            case CANARY_AUTO, CANARY_MANUAL -> new CanaryRelease(site, traffic, request);
            case STABLE -> new StableRelease(site, traffic, request);
            case PROMOTE_CANARY, ROLLBACK -> throw new IllegalArgumentException(type.label() + " deploys nothing");
        });
    }

    /** @param shares in percent by service; services that are not named keep theirs */
    public Outcome setWeights(Map<String, Double> shares) {
        Site site = site("weights");
        Traffic traffic = new Traffic(site);
        return perform(site, traffic, new WeightChange(site, traffic, shares));
    }

    public Outcome promote() {
        Site site = site(DeployType.PROMOTE_CANARY.label());
        Traffic traffic = new Traffic(site);
        return perform(site, traffic, new Promotion(site, traffic));
    }

    /** @param gradual whether requests leave the canary by the lower ones of the plan's steps, or at once */
    public Outcome rollback(boolean gradual) {
        Site site = site(DeployType.ROLLBACK.label());
        Traffic traffic = new Traffic(site);
        return perform(site, traffic, new Rollback(site, traffic, gradual));
    }

    /** What can be checked without changing anything: every finding is told, and refused if one blocks. */
    public Outcome check() {
        List<Finding> findings = new Preflight(plan, hosts, site("check").router()).run();
        List<String> blocking = findings.stream().filter(Finding::blocks).map(Finding::text).toList();
        findings.stream().filter(finding -> !finding.blocks()).forEach(finding -> events.warning(finding.text()));
        blocking.forEach(events::failure);
        boolean good = blocking.isEmpty();
        return tell(new Outcome(good ? events.state() : State.REFUSED, good ? End.DONE : End.REFUSED, Optional.empty(),
                Map.of(), 0, took(), good ? "everything that can be checked beforehand is in order"
                        : blocking.size() + " of the checks failed; nothing was changed"));
    }

    /** What NGINX is configured to do and what it does; nothing is changed. */
    public Outcome showWeights() {
        return look(new Look(site("show")), true);
    }

    /** Where the app stands, without sampling. */
    public Outcome status() {
        return look(new Look(site("status")), false);
    }

    private Outcome look(Look look, boolean sample) {
        try {
            Outcome.End end = look.run(sample) ? End.DONE : End.PERSON_MUST_LOOK;
            return tell(new Outcome(look.state(), end, look.commit(), look.traffic().served(), 0, took(),
                    look.text()));
        } catch (Refused | HeldByAnother | HostException e) {
            return tell(new Outcome(State.REFUSED, End.REFUSED, Optional.empty(), Map.of(), 0, took(), e.getMessage()));
        } catch (Aborted e) {
            return tell(new Outcome(State.REFUSED, End.REFUSED, Optional.empty(), Map.of(), 0, took(),
                    "stopped on request; nothing was changed"));
        }
    }

    private Site site(String action) {
        return new Site(plan, hosts, events, abort, by, action);
    }

    private Outcome perform(Site site, Traffic traffic, Flow flow) {
        try {
            return tell(attempt(site, traffic, flow));
        } finally {
            site.lease().close();
        }
    }

    private Outcome attempt(Site site, Traffic traffic, Flow flow) {
        try {
            State end = flow.run();
            if (events.state() != end) {
                site.enter(end, end == State.SUCCEEDED ? "done" : "the earlier release serves everyone");
            }
            site.rememberEnd(end);
            return outcome(end, End.DONE, traffic, flow, flow.summary(end));
        } catch (HeldByAnother e) {
            return flow.hasChangedAnything() ? overtaken(traffic, flow, e)
                    : refused(site, traffic, flow, End.HELD_BY_ANOTHER, new HeldByAnother(
                            e.getMessage() + " Nothing was changed; deploy again when it has ended."));
        } catch (Exception e) {
            boolean nothingYet = events.state() == State.VALIDATING || events.state() == State.PREPARING
                    || e instanceof Refused;
            return nothingYet && !flow.hasChangedAnything() ? refused(site, traffic, flow, End.REFUSED, e)
                    : turnBack(site, traffic, flow, e);
        }
    }

    private Outcome refused(Site site, Traffic traffic, Flow flow, End end, Exception reason) {
        abort.shield();
        try {
            flow.putBack();
        } catch (Exception e) {
            return personMustLook(site, traffic, flow, reason, e);
        }
        site.enter(State.REFUSED, "refused; what serves users was not changed");
        String why = reason instanceof Aborted ? "stopped on request; nothing was changed" : reason(reason);
        events.failure(why);
        return outcome(State.REFUSED, end, traffic, flow, why);
    }

    private Outcome turnBack(Site site, Traffic traffic, Flow flow, Exception reason) {
        abort.shield();
        String why = reason(reason);
        events.failure(why);
        try {
            if (events.state() != State.ROLLING_BACK) {
                site.enter(State.ROLLING_BACK, reason instanceof Aborted
                        ? "rolling back, as asked"
                        : "rolling back");
            }
            flow.turnBack();
            site.enter(State.ROLLED_BACK, flow.turnedBackTo());
            site.rememberEnd(State.ROLLED_BACK);
            return outcome(State.ROLLED_BACK, End.ROLLED_BACK, traffic, flow,
                    "rolled back, " + flow.turnedBackTo() + ": " + why);
        } catch (HeldByAnother e) {
            return overtaken(traffic, flow, e);
        } catch (Exception e) {
            return personMustLook(site, traffic, flow, reason, e);
        }
    }

    /** Another rollout took the app while the connection was gone: traffic and slots are its matter from there on. */
    private Outcome overtaken(Traffic traffic, Flow flow, HeldByAnother reason) {
        String text = "stopped in the middle, because the connection dropped and someone else took over: "
                + reason.getMessage() + " Nothing was rolled back; when that one has ended: canary status --plan PLAN.";
        events.state(State.FAILED, "another rollout took over");
        events.failure(text);
        return outcome(State.FAILED, End.HELD_BY_ANOTHER, traffic, flow, text);
    }

    private Outcome personMustLook(Site site, Traffic traffic, Flow flow, Exception reason, Exception backFailed) {
        String text = "a person must look: " + reason(reason) + "\nThe way back failed too: " + reason(backFailed)
                + "\n" + byHand();
        events.state(State.FAILED, "the way back failed");
        events.failure(text);
        try {
            traffic.weights();
            site.rememberEnd(State.FAILED);
        } catch (Refused | HostException e) {
            events.warning("what NGINX serves now could not be read: " + e.getMessage());
        }
        return outcome(State.FAILED, End.PERSON_MUST_LOOK, traffic, flow, text);
    }

    private String byHand() {
        String edge = plan.hostEntry(plan.edge()).address();
        return "To see where traffic is: canary status --plan PLAN. When the stable slot (project "
                + plan.slot(SlotName.STABLE).project() + ") works again: canary rollback --plan PLAN. By hand on "
                + edge + ": the files as they were are in " + plan.stateDirectory() + "/backups/nginx; copy them back,"
                + " then `" + plan.nginx().command() + " -t` and `" + plan.nginx().command() + " -s reload`.";
    }

    private Outcome outcome(State state, End end, Traffic traffic, Flow flow, String message) {
        return new Outcome(state, end, flow.commit(), traffic.served(), traffic.cut(), took(), message);
    }

    private Outcome tell(Outcome outcome) {
        Outcome masked = outcome.withMessage(events.secrets().mask(outcome.message()));
        events.tell(Type.OUTCOME, masked.message(), masked.facts());
        return masked;
    }

    private Duration took() {
        return Duration.between(start, Instant.now());
    }

    private static String reason(Exception e) {
        boolean ours = e.getMessage() != null && !(e instanceof RuntimeException);
        return ours ? e.getMessage() : "a defect of Canary Deploy, please report it: " + e + at(e);
    }

    private static String at(Exception e) {
        return e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
    }
}
