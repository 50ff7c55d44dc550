package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.PortFile;
import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.Addresses;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.ForbiddenHosts;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.preflight.Finding;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.release.Release;
import io.jenkins.plugins.canary.rollout.Outcome.Account;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One thing done to an app: from the first check to an outcome that says where traffic is. Whatever goes wrong on the
 * way, the outcome is one of those of {@link End}; nothing is thrown. Used once, by one thread.
 */
public final class Rollout {

    /** The action of shares set by hand, beside the deploy types. */
    private static final String WEIGHTS = "weights";

    /** Longer than a lease lasts that nobody renews, and than a way back that an earlier process still goes. */
    private static final Duration OWN_LEASE_WAIT = Duration.ofMinutes(10);

    private static final Duration OWN_LEASE_LOOK = Duration.ofSeconds(2);

    private final Plan plan;
    private final ForbiddenHosts forbidden;
    private final Map<String, Host> hosts;
    private final Events events;
    private final Abort abort;
    private final String by;
    private final String build;
    private final NextSteps next;
    private final Instant start = Instant.now();
    private String action = "";

    /**
     * @param forbidden hosts that are not even connected to
     * @param hosts by their names in the plan, all of them; they stay open
     * @param abort how a person can ask to turn back
     * @param by who does it, for others who find the app held
     * @param build the address of the build that does it, or empty
     * @param next how a person goes on from a held canary
     */
    public Rollout(
            Plan plan, ForbiddenHosts forbidden, Map<String, Host> hosts, Events events, Abort abort, String by,
            String build, NextSteps next) {
        this.plan = plan;
        this.forbidden = forbidden;
        this.hosts = Map.copyOf(hosts);
        this.events = events;
        this.abort = abort;
        this.by = by;
        this.build = build;
        this.next = next;
    }

    /**
     * The outcome of one that can't even begin; it is told.
     *
     * @param action what was to be done, such as a deploy type's name
     */
    public static Outcome refused(
            Plan plan, Events events, String by, String build, NextSteps next, String action, String message) {
        Rollout rollout = new Rollout(
                plan, ForbiddenHosts.NONE, Map.of(), events, new Abort(), by, build, next);
        rollout.action = action;
        return rollout.tell(rollout.notBegun(End.REFUSED, message));
    }

    /** @param type one that deploys: not {@code promote-canary} or {@code rollback}, which ask for less */
    public Outcome deploy(DeployType type, DeployRequest request) {
        return perform(type.label(), PortFile.Mode.RESERVE, (site, traffic) -> switch (type) {
            case CANARY_AUTO, CANARY_MANUAL -> new CanaryRelease(site, traffic, request);
            case STABLE -> new StableRelease(site, traffic, request);
            case PROMOTE_CANARY, ROLLBACK -> throw new IllegalArgumentException(type.label() + " deploys nothing");
        });
    }

    /** @param shares in percent by service; services that are not named keep theirs */
    public Outcome setWeights(Map<String, Double> shares) {
        return perform(WEIGHTS, (site, traffic) -> new WeightChange(site, traffic, shares));
    }

    public Outcome promote() {
        return perform(DeployType.PROMOTE_CANARY.label(), Promotion::new);
    }

    /** @param gradual whether requests leave the canary by the lower ones of the plan's steps, or at once */
    public Outcome rollback(boolean gradual) {
        return perform(DeployType.ROLLBACK.label(), (site, traffic) -> new Rollback(site, traffic, gradual));
    }

    /** Goes on with a rollout that did not come to its end, or finishes its way back. */
    public Outcome resume() {
        return at("resume", this::resume);
    }

    private Outcome resume(Site site) {
        Optional<Unfinished> left;
        try {
            abort.check();
            left = site.takeLease();
        } catch (HeldByAnother e) {
            return tell(notBegun(End.HELD_BY_ANOTHER, e.getMessage()));
        } catch (HostException | Aborted e) {
            return tell(notBegun(End.REFUSED, e.getMessage()));
        }
        if (left.isEmpty()) {
            site.lease().close();
            return look(site, false);
        }
        return tellLast(site, () -> resume(site, left.get(), Optional.empty()));
    }

    /**
     * Goes on for a build that lost sight of what it had asked for: waits until nothing of it runs any more, then
     * finishes it, tells how it ended, or begins it.
     *
     * @param env the release's {@code .env}, which no host keeps before it is used
     * @param begin what the build asked for
     */
    public Outcome goOn(Optional<EnvText> env, Function<Rollout, Outcome> begin) {
        return at("resume", PortFile.Mode.RESERVE, site -> goOn(site, env, begin));
    }

    private Outcome goOn(Site site, Optional<EnvText> env, Function<Rollout, Outcome> begin) {
        try {
            Optional<Unfinished> left = takeLeaseFromOwnBuild(site);
            Optional<History> own =
                    History.read(site.journal()).stream().filter(past -> past.build().equals(build)).findFirst();
            if (own.isPresent() && left.filter(open -> open.rollout().equals(own.get().rollout())).isPresent()) {
                return tellLast(site, () -> resume(site, left.get(), env));
            }
            return own.isEmpty() ? begin.apply(released(site)) : tellLast(site, () -> ended(site, own.get()));
        } catch (HeldByAnother e) {
            return tellLast(site, () -> notBegun(End.HELD_BY_ANOTHER, e.getMessage()));
        } catch (HostException e) {
            return tellLast(site, () -> notBegun(End.LEFT, e.getMessage()));
        }
    }

    /** What an earlier process of this build left running either ends by itself or loses its lease. */
    private Optional<Unfinished> takeLeaseFromOwnBuild(Site site) throws HeldByAnother, HostException {
        Instant deadline = Instant.now().plus(OWN_LEASE_WAIT);
        while (true) {
            try {
                return site.takeLease();
            } catch (HeldByAnother e) {
                if (!e.build().equals(build) || Instant.now().isAfter(deadline)) {
                    throw e;
                }
                events.tell(Type.PROGRESS, "waiting for what is left of the earlier connection", Map.of());
                sleep(OWN_LEASE_LOOK);
            }
        }
    }

    /** Also for someone who wishes to stop: that is done when the lease is there, not before. */
    private static void sleep(Duration time) throws HostException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("", "interrupted while waiting for the lease", e);
        }
    }

    private Rollout released(Site site) {
        site.lease().close();
        return this;
    }

    private Outcome ended(Site site, History past) {
        Traffic traffic = new Traffic(site);
        try {
            traffic.weights();
        } catch (Refused | HostException e) {
            events.warning("what NGINX serves now could not be read: " + e.getMessage());
        }
        events.state(past.state(), "it ended meanwhile");
        return new Outcome(past.state(), past.end(), Optional.of(past.commit()).filter(commit -> !commit.isEmpty()),
                traffic.served(), 0, took(), past.message(), Optional.empty());
    }

    private Outcome resume(Site site, Unfinished left, Optional<EnvText> env) {
        events.done("going on with " + left.describe());
        site.takeUp(left);
        Traffic traffic = new Traffic(site);
        Flow flow = flowOf(site, traffic, left, env);
        events.state(State.VALIDATING, "reading where it stopped");
        boolean wasGoingBack =
                left.state() == State.ROLLING_BACK && !left.action().equals(DeployType.ROLLBACK.label());
        if (!wasGoingBack) {
            return attempt(site, traffic, flow, () -> flow.resume(left));
        }
        try {
            flow.recall(left);
        } catch (Exception e) {
            return personMustLook(site, traffic, flow, new Refused("it was interrupted on its way back"), e);
        }
        return turnBack(site, traffic, flow, new Refused("it was interrupted on its way back"));
    }

    private Outcome notBegun(End end, String message) {
        events.state(State.REFUSED, "refused; nothing was changed");
        return new Outcome(State.REFUSED, end, Optional.empty(), Map.of(), 0, took(), message,
                Optional.of(new Account("", "", Map.of(), message, "", false)));
    }

    private Outcome notSeen(String message) {
        return looked(State.REFUSED, End.REFUSED, message);
    }

    private Outcome looked(State state, End end, String message) {
        return new Outcome(state, end, Optional.empty(), Map.of(), 0, took(), message, Optional.empty());
    }

    /** As {@link #check(Optional)}, for the newest commit of the plan's branch. */
    public Outcome check() {
        return check(Optional.empty());
    }

    /**
     * What can be checked without changing anything: every finding is told, and refused if one blocks.
     *
     * @param commit one that is to be deployed, or empty for the newest of the plan's branch
     */
    public Outcome check(Optional<String> commit) {
        return at("check", PortFile.Mode.FORESEE, site -> check(site, commit));
    }

    private Outcome check(Site site, Optional<String> commit) {
        List<Finding> findings = site.checks().run(commit);
        List<String> blocking = findings.stream().filter(Finding::blocks).map(Finding::text).toList();
        findings.stream().filter(finding -> !finding.blocks()).forEach(finding -> events.warning(finding.text()));
        blocking.forEach(events::failure);
        boolean good = blocking.isEmpty();
        return tell(good
                ? looked(events.state(), End.DONE, "everything that can be checked beforehand is in order")
                : notSeen(blocking.size() + " of the checks failed; nothing was changed"));
    }

    /** What NGINX is configured to do and what it does; nothing is changed. */
    public Outcome showWeights() {
        return at("show", site -> look(site, true));
    }

    /** Where the app stands, without sampling. */
    public Outcome status() {
        return at("status", site -> look(site, false));
    }

    /** Who did what when, the newest last; each rollout is an event. */
    public Outcome history() {
        return at("history", this::history);
    }

    private Outcome history(Site site) {
        try {
            List<History> all = History.read(site.journal());
            for (int i = all.size() - 1; i >= 0; i--) {
                events.tell(Type.DONE, all.get(i).line(), all.get(i).facts());
            }
            return tell(looked(events.state(), End.DONE,
                    all.size() + (all.size() == 1 ? " rollout" : " rollouts") + " of " + plan.app()));
        } catch (HostException e) {
            return tell(notSeen(e.getMessage()));
        }
    }

    /** Breaks another's lease: what it has under way on the hosts is ended, and it can change nothing any more. */
    public Outcome unlock() {
        return at("unlock", this::unlock);
    }

    private Outcome unlock(Site site) {
        return tellLast(site, () -> {
            try {
                site.lease().breakOpen();
                Optional<Unfinished> left = site.journal().unfinished();
                if (left.isPresent()) {
                    site.takeUp(left.get());
                    site.stage("lease broken", Map.of());
                }
                return looked(events.state(), End.DONE, left.map(rollout -> "broken: " + rollout.describe()
                                + ". It is not finished: canary resume --plan PLAN")
                        .orElse("nobody holds " + plan.app() + " any more, and nothing is unfinished"));
            } catch (HeldByAnother | HostException e) {
                return notSeen(e.getMessage());
            }
        });
    }

    private Outcome look(Site site, boolean sample) {
        Look look = new Look(site);
        try {
            Outcome.End end = look.run(sample) ? End.DONE : End.PERSON_MUST_LOOK;
            return tell(new Outcome(look.state(), end, look.commit(), look.traffic().served(), 0, took(),
                    look.text(), Optional.empty()));
        } catch (Refused | HostException e) {
            return tell(notSeen(e.getMessage()));
        } catch (Aborted e) {
            return tell(notSeen("stopped on request; nothing was changed"));
        }
    }

    /** Everything begins here: no host that is forbidden is connected to, not even to look at it. */
    private Outcome at(String action, PortFile.Mode ports, Function<Site, Outcome> work) {
        this.action = action;
        Optional<String> refusal = forbidden.refusal(plan, Addresses::of);
        if (refusal.isPresent()) {
            return tell(notBegun(End.REFUSED, refusal.get()));
        }
        Plan complete;
        try {
            complete = new PickedPorts(plan, hosts).complete(ports);
        } catch (Refused | HostException e) {
            return tell(ports == PortFile.Mode.RESERVE ? notBegun(End.REFUSED, e.getMessage()) : notSeen(e.getMessage()));
        }
        return work.apply(new Site(complete, hosts, events, abort, Lease.facts(by, action, build), next));
    }

    private Outcome at(String action, Function<Site, Outcome> work) {
        return at(action, PortFile.Mode.READ, work);
    }

    private Outcome perform(String action, BiFunction<Site, Traffic, Flow> flow) {
        return perform(action, PortFile.Mode.READ, flow);
    }

    private Outcome perform(String action, PortFile.Mode ports, BiFunction<Site, Traffic, Flow> flow) {
        return at(action, ports, site -> {
            Traffic traffic = new Traffic(site);
            return perform(site, traffic, flow.apply(site, traffic));
        });
    }

    private Outcome perform(Site site, Traffic traffic, Flow flow) {
        return tellLast(site, () -> attempt(site, traffic, flow, () -> {
            site.enter(State.VALIDATING, "checking plan, hosts and NGINX");
            flow.check();
            abort.check();
            Optional<Unfinished> left = site.takeLease();
            if (left.isPresent()) {
                undo(site, left.get());
            }
            site.begin(flow.request());
            return flow.run();
        }));
    }

    /** Tells the outcome when the lease is given back: nothing comes after it. */
    private Outcome tellLast(Site site, Supplier<Outcome> work) {
        Outcome outcome;
        try {
            outcome = work.get();
        } finally {
            site.lease().close();
        }
        return tell(outcome);
    }

    /** Undoes what an earlier rollout left half done, so that this one begins from a state that is known. */
    private void undo(Site site, Unfinished left) throws Exception {
        events.warning("an earlier rollout did not come to its end (" + left.describe() + "); undoing it first");
        site.takeUp(left);
        try {
            Flow flow = flowOf(site, new Traffic(site), left, Optional.empty());
            flow.recall(left);
            flow.turnBack();
        } catch (LeaseLost e) {
            throw e;
        } catch (Exception e) {
            // Its journal stays open: it is as unfinished as before.
            site.putDown();
            throw new Refused("an earlier rollout (" + left.describe() + ") is not finished and could not be undone: "
                    + reason(e) + "\nNothing of this one was begun. When that is mended: canary resume --plan PLAN");
        }
        site.end(State.ROLLED_BACK, Map.of("message", "undone by the next rollout"));
    }

    private static Flow flowOf(Site site, Traffic traffic, Unfinished left, Optional<EnvText> env) {
        if (left.action().equals(WEIGHTS)) {
            return new WeightChange(site, traffic, left.shares());
        }
        return switch (DeployType.of(left.action()).orElseThrow(() -> new IllegalStateException(
                "the journal has an action that this version does not know: " + left.action()))) {
            case CANARY_AUTO, CANARY_MANUAL -> new CanaryRelease(site, traffic, DeployRequest.of(left, env));
            case STABLE -> new StableRelease(site, traffic, DeployRequest.of(left, env));
            case PROMOTE_CANARY -> new Promotion(site, traffic);
            case ROLLBACK -> new Rollback(site, traffic, left.flag("gradual"));
        };
    }

    /** What leads to an outcome, or fails. */
    private interface Way {
        State go() throws Exception;
    }

    private Outcome attempt(Site site, Traffic traffic, Flow flow, Way way) {
        try {
            State end = way.go();
            if (events.state() != end) {
                site.enter(end, end == State.SUCCEEDED ? "done" : "the earlier release serves everyone");
            }
            site.end(end, Map.of("message", flow.summary(end)));
            String watched = end == State.HOLDING && flow.isWatched() ? watch(site, traffic, flow) : "";
            String told = watched.isEmpty() ? flow.summary(end) : watched + ". " + flow.summary(end);
            return outcome(end, End.DONE, traffic, flow, told,
                    watched.isEmpty() ? flow.stoppedBecause().orElse("") : watched);
        } catch (HeldByAnother e) {
            return refused(site, traffic, flow, End.HELD_BY_ANOTHER, e);
        } catch (LeaseLost e) {
            return overtaken(traffic, flow, e);
        } catch (Aborted e) {
            return e.wish() == Wish.LEAVE ? left(traffic, flow) : stopped(site, traffic, flow, e);
        } catch (Exception e) {
            return stopped(site, traffic, flow, e);
        }
    }

    /**
     * Tells all of the hold before it is watched, which may take long.
     *
     * @return how the watch ended
     */
    private String watch(Site site, Traffic traffic, Flow flow) throws Exception {
        Outcome held = outcome(State.HOLDING, End.DONE, traffic, flow, flow.summary(State.HOLDING),
                flow.stoppedBecause().orElse(""));
        Outcome watched = new Outcome(held.state(), held.end(), held.commit(), held.services(), held.cut(), held.took(),
                held.message(), held.account().map(Account::whileWatched)).masked(events.secrets()::mask);
        events.tell(Type.DONE, "held: " + watched.commit().map(Release::shortHash).orElse(""), facts(watched));
        return new HoldWatch(site, traffic).run();
    }

    private Outcome stopped(Site site, Traffic traffic, Flow flow, Exception reason) {
        boolean nothingYet = events.state() == State.VALIDATING || events.state() == State.PREPARING
                || reason instanceof Refused;
        return nothingYet && !flow.hasChangedAnything() ? refused(site, traffic, flow, End.REFUSED, reason)
                : turnBack(site, traffic, flow, reason);
    }

    /** The journal stays open. */
    private Outcome left(Traffic traffic, Flow flow) {
        return outcome(events.state(), End.LEFT, traffic, flow, "left as it is in " + events.state()
                + ", to be gone on with: canary resume --plan PLAN", "");
    }

    private Outcome refused(Site site, Traffic traffic, Flow flow, End end, Exception reason) {
        abort.shield();
        try {
            if (site.hasBegun()) {
                flow.putBack();
            }
            String why = reason instanceof Aborted ? "stopped on request; nothing was changed" : reason(reason);
            site.enter(State.REFUSED, "refused; what serves users was not changed");
            site.end(State.REFUSED, Map.of("message", why));
            events.failure(why);
            return outcome(State.REFUSED, end, traffic, flow, why, why);
        } catch (LeaseLost e) {
            return overtaken(traffic, flow, e);
        } catch (Exception e) {
            return personMustLook(site, traffic, flow, reason, e);
        }
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
            site.end(State.ROLLED_BACK, Map.of("message", why));
            return outcome(State.ROLLED_BACK, End.ROLLED_BACK, traffic, flow,
                    "rolled back, " + flow.turnedBackTo() + ": " + why, why);
        } catch (LeaseLost e) {
            return overtaken(traffic, flow, e);
        } catch (Exception e) {
            return personMustLook(site, traffic, flow, reason, e);
        }
    }

    /** Another rollout took the app while the connection was gone: traffic and slots are its matter from there on. */
    private Outcome overtaken(Traffic traffic, Flow flow, LeaseLost reason) {
        String text = "stopped in the middle, because someone else took over: "
                + reason.getMessage() + " Nothing was rolled back; when that one has ended: canary status --plan PLAN.";
        events.state(State.FAILED, "another rollout took over");
        events.failure(text);
        return outcome(State.FAILED, End.HELD_BY_ANOTHER, traffic, flow, text, text);
    }

    private Outcome personMustLook(Site site, Traffic traffic, Flow flow, Exception reason, Exception backFailed) {
        events.state(State.FAILED, "the way back failed");
        boolean known = false;
        try {
            traffic.weights();
            known = true;
        } catch (Refused | HostException e) {
            events.warning("what NGINX serves now could not be read: " + e.getMessage());
        }
        String text = "a person must look: " + reason(reason) + "\nThe way back failed too: " + reason(backFailed)
                + "\n" + new ByHand(site.plan(), next).text(known ? traffic.served() : Map.of());
        events.failure(text);
        try {
            if (known) {
                // Else its journal stays open, for `resume` to finish the way back when NGINX can be read again.
                site.end(State.FAILED, Map.of("message", text));
            }
        } catch (HostException e) {
            events.warning("that it failed could not be written down: " + e.getMessage());
        }
        return outcome(State.FAILED, End.PERSON_MUST_LOOK, traffic, flow, text, text);
    }

    private Outcome outcome(State state, End end, Traffic traffic, Flow flow, String message, String cause) {
        Optional<Release> release = flow.release();
        String rolledBack = state == State.ROLLED_BACK ? flow.rolledBack().map(Release::title).orElse("") : "";
        return new Outcome(state, end, release.map(Release::commit), traffic.served(), traffic.cut(), took(), message,
                Optional.of(new Account(release.map(Release::author).orElse(""),
                        release.map(Release::subject).orElse(""), traffic.sharesBefore(), cause, rolledBack, false)));
    }

    private Outcome tell(Outcome outcome) {
        Outcome masked = outcome.masked(events.secrets()::mask);
        if (masked.end() == End.LEFT) {
            events.warning(masked.message());
            return masked;
        }
        events.tell(Type.OUTCOME, masked.message(), facts(masked));
        return masked;
    }

    private Map<String, Object> facts(Outcome outcome) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("app", plan.app());
        facts.put("action", action);
        facts.put("by", by);
        facts.put("build", build);
        facts.putAll(outcome.facts());
        return facts;
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
