package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.commands.LeaseFile;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The right to change an app, on all of its hosts, renewed as long as this process lives. A deployer that dies or stops
 * loses it within {@link #TTL}; whoever takes it then first ends what the dead one left running.
 */
final class Lease {

    static final Duration TTL = Duration.ofSeconds(20);

    private static final Duration RENEWAL = Duration.ofSeconds(4);

    private final Plan plan;
    private final Map<String, FencedHost> hosts;
    private final LeaseFacts facts;
    private final Events events;
    private final Map<FencedHost, Long> held = Collections.synchronizedMap(new LinkedHashMap<>());
    private ScheduledExecutorService renewer;

    /** @param hosts by name; those that the plan uses are leased, the edge first and the others by name */
    Lease(Plan plan, Map<String, FencedHost> hosts, LeaseFacts facts, Events events) {
        this.plan = plan;
        this.hosts = hosts;
        this.facts = facts;
        this.events = events;
    }

    /**
     * Takes it.
     *
     * @throws HeldByAnother someone has it on one of the hosts; those that were taken are given back
     */
    void take() throws HeldByAnother, HostException {
        take(false);
    }

    /** Takes it from whoever has it. */
    void breakOpen() throws HeldByAnother, HostException {
        take(true);
    }

    /** The fence on the edge, which the journal counts by. */
    long fence() {
        Long fence = held.get(hosts.get(plan.edge()));
        return fence == null ? 0 : fence;
    }

    /** Whether anyone at all has the lease of the edge, by the edge's clock. */
    boolean isHeldBySomeone() throws HostException {
        List<String> lines = hosts.get(plan.edge())
                .require("read the lease", LeaseFile.read(plan.stateDirectory())).text().lines().toList();
        return lines.size() == 2 && Long.parseLong(lines.get(1).split(" ", 3)[1]) > Long.parseLong(lines.get(0));
    }

    /** Gives it back, if it was taken. */
    void close() {
        endRenewal();
        List<Map.Entry<FencedHost, Long>> given = new ArrayList<>(held.entrySet());
        Collections.reverse(given);
        held.clear();
        for (var entry : given) {
            FencedHost host = entry.getKey();
            host.fence(0);
            try {
                host.require("give the lease back", LeaseFile.release(plan.stateDirectory(), entry.getValue()));
            } catch (HostException e) {
                events.warning("the lease on " + host.name() + " was not given back; it is over in "
                        + TTL.toSeconds() + " s: " + e.getMessage());
            }
        }
    }

    /** A renewal that is under way is let end: one that is cut off looks like a lost connection. */
    private void endRenewal() {
        if (renewer == null) {
            return;
        }
        renewer.shutdown();
        try {
            if (!renewer.awaitTermination(TTL.toSeconds(), TimeUnit.SECONDS)) {
                renewer.shutdownNow();
            }
        } catch (InterruptedException e) {
            renewer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void take(boolean force) throws HeldByAnother, HostException {
        boolean complete = false;
        try {
            for (String name : order()) {
                take(hosts.get(name), force);
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
        renewer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lease of " + plan.app());
            thread.setDaemon(true);
            return thread;
        });
        renewer.scheduleWithFixedDelay(this::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void take(FencedHost host, boolean force) throws HeldByAnother, HostException {
        HostEntry entry = plan.hostEntry(host.name());
        host.require("make " + plan.stateDirectory(), Files.stateDirectory(
                plan.stateDirectory(), entry.sudo() ? entry.user().orElse("") : "").root());
        String said = host.require("take the lease",
                LeaseFile.take(plan.stateDirectory(), TTL, facts.json(), force)).text();
        String[] words = said.split(" ", 4);
        if (!words[0].equals("taken")) {
            String holder = said.substring("held ".length());
            throw new HeldByAnother("another rollout holds " + plan.app() + " on " + host.name() + ": "
                    + LeaseFacts.describe(holder) + ". Nothing was changed; deploy again when it has ended.",
                    LeaseFacts.build(holder));
        }
        if (!words[2].equals("0") && words.length > 3) {
            events.warning("took over on " + host.name() + " from a rollout that did not give its lease back: "
                    + LeaseFacts.describe(words[3]));
        }
        held.put(host, Long.parseLong(words[1]));
        host.fence(Long.parseLong(words[1]));
    }

    /** A host that can't be reached is tried again; the host itself refuses us as soon as the lease is over. */
    private void renew() {
        for (var entry : new ArrayList<>(held.entrySet())) {
            try {
                entry.getKey().renew();
            } catch (LeaseLost e) {
                // The next exchange of the rollout itself is refused and says so.
                continue;
            } catch (HostException e) {
                events.warning("could not renew the lease on " + entry.getKey().name() + ": " + e.getMessage());
            }
        }
    }

    private List<String> order() {
        List<String> names = new ArrayList<>(new TreeSet<>(plan.serviceHosts()));
        names.remove(plan.edge());
        names.add(0, plan.edge());
        return names;
    }

    static LeaseFacts facts(String by, String action, String build) {
        return new LeaseFacts(by, action, build, Instant.now().toString());
    }
}
