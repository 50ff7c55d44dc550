package io.jenkins.plugins.canary.release;

import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.commands.Git;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Slot;
import io.jenkins.plugins.canary.plan.SlotName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The git working copy of a slot on one host. Nothing in it is lost: see {@link Git#backup}. */
final class WorkingCopy {

    /** What the slot's working copy is at. */
    static final String CHECKED_OUT = "HEAD";

    private final Plan plan;
    private final Slot slot;
    private final Host host;
    private final Events events;
    private final Supplier<String> rollout;

    /** @param rollout names this rollout and so its backups, rising with time */
    WorkingCopy(Plan plan, Slot slot, Host host, Events events, Supplier<String> rollout) {
        this.plan = plan;
        this.slot = slot;
        this.host = host;
        this.events = events;
        this.rollout = rollout;
    }

    /**
     * Makes a commit available on the host without touching what is checked out; clones the repository where it is
     * missing.
     *
     * @param commit a hash, or empty for the newest of the plan's branch
     */
    Release fetch(Optional<String> commit) throws Refused, HostException {
        String directory = plan.directory();
        String[] state = state(directory);
        if (state[0].equals("missing") || state[0].equals("empty")) {
            explained(host.run(Git.clone(plan.source().url(), plan.source().branch(), directory)), "clone");
            events.done("cloned " + plan.source().url() + " to " + directory + " on " + host.name());
        } else {
            requireRepository(state, directory);
        }
        String revision = commit.orElse("refs/remotes/origin/" + plan.source().branch());
        // A release to go back to is here already: its remote may be down on the very day that one must go back.
        Result described = host.run(Git.describe(directory, revision));
        if (commit.isEmpty() || !described.ok()) {
            explained(host.run(Git.fetch(directory, plan.source().url(), plan.source().branch())), "fetch");
            described = host.run(Git.describe(directory, revision));
        }
        if (!described.ok() && commit.isPresent()) {
            host.run(Git.fetchCommit(directory, plan.source().url(), commit.get()));
            described = host.run(Git.describe(directory, revision));
        }
        if (!described.ok()) {
            throw new Refused("commit " + commit.orElse(revision) + " is not in " + plan.source().url() + " (branch "
                    + plan.source().branch() + " was fetched to " + directory + " on " + host.name()
                    + "). Was it pushed? Nothing was changed.");
        }
        return release(described);
    }

    /**
     * A commit that is here already.
     *
     * @param commit a hash, or {@link #CHECKED_OUT}
     * @return empty where there is no working copy, or it does not know the commit
     */
    Optional<Release> find(String commit) throws HostException {
        Result described = host.run(Git.describe(slot.directory(), commit));
        return described.ok() ? Optional.of(release(described)) : Optional.empty();
    }

    /** Brings the slot to a commit that {@link #fetch} made available. */
    void checkout(String commit) throws Refused, HostException {
        String[] state = state(slot.directory());
        boolean there = state[0].equals("repository");
        Undo.note(plan, slot.name(), host, new Undo(rollout.get(), there ? state[1] : Undo.NO_WORKING_COPY,
                there ? state[2] : "-", commit));
        if (slot.name() == SlotName.CANARY && (state[0].equals("missing") || state[0].equals("empty"))) {
            host.require("make the canary's working copy", Git.addWorktree(plan.directory(), slot.directory(), commit));
        } else {
            requireRepository(state, slot.directory());
            switchTo(commit);
        }
        linkShared();
        events.done("checked out " + Release.shortHash(commit) + " in " + slot.directory() + " on " + host.name());
    }

    /** Puts back what {@link #checkout} replaced in this rollout, by whichever process; nothing where it did nothing. */
    void restore() throws HostException {
        Optional<Undo> undo = undo();
        if (undo.isPresent() && !undo.get().commit().equals(Undo.NO_WORKING_COPY)) {
            String commit = undo.get().commit();
            host.require("put " + slot.directory() + " back as it was",
                    Git.restore(slot.directory(), commit, undo.get().branch(), backup()));
            events.done("put " + slot.directory() + " on " + host.name() + " back to " + Release.shortHash(commit));
        }
        Undo.forget(plan, slot.name(), host);
    }

    Optional<Undo> undo() throws HostException {
        return Undo.read(plan, slot.name(), host, rollout.get());
    }

    private String backup() {
        return plan.stateDirectory() + "/backups/" + rollout.get() + "-" + slot.name().label();
    }

    private void switchTo(String commit) throws Refused, HostException {
        String backup = backup();
        long max = plan.backup().max().bytes();
        Result saved = host.require("back up local changes in " + slot.directory(),
                Git.backup(slot.directory(), commit, backup, max));
        String stash = "";
        for (String line : saved.text().lines().toList()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "toolarge" -> throw new Refused("the local changes in " + slot.directory() + " on " + host.name()
                        + " take " + words[1] + " bytes, more than backup.max (" + plan.backup().max()
                        + "). Commit or remove them, or raise backup.max. Nothing was changed.");
                case "stash" -> stash = words[1];
                case "collision" -> events.warning(slot.directory() + "/" + words[1] + " on " + host.name()
                        + " is not in git but in the way of the new commit: it was copied to " + backup
                        + "/collisions/" + words[1]);
                default -> { }
            }
        }
        if (!stash.isEmpty()) {
            events.warning("local changes in " + slot.directory() + " on " + host.name() + " were saved to " + backup
                    + "/changes.patch and stashed; get them back with: git -C " + slot.directory() + " stash apply "
                    + stash);
        }
        host.require("check out " + commit + " in " + slot.directory(), Git.checkout(slot.directory(), commit));
    }

    private void linkShared() throws HostException {
        if (slot.name() != SlotName.CANARY || plan.shared().isEmpty()) {
            return;
        }
        List<String> occupied = host.require("link shared paths",
                        Files.linkShared(plan.slot(SlotName.STABLE).directory(), slot.directory(), plan.shared()))
                .text().lines().toList();
        for (String path : occupied) {
            events.warning(slot.directory() + "/" + path + " on " + host.name()
                    + " exists and is no link, so the canary does not share it with the stable slot");
        }
    }

    private static Release release(Result described) {
        String[] facts = described.text().split("\0", 3);
        return new Release(facts[0], facts[1], facts[2], Map.of(), Instant.now());
    }

    private String[] state(String directory) throws HostException {
        return host.require("look at " + directory, Git.state(directory)).text().split(" ", 3);
    }

    private void requireRepository(String[] state, String directory) throws Refused {
        switch (state[0]) {
            case "repository" -> { }
            case "locked" -> throw new Refused("git is locked in " + directory + " on " + host.name() + ": "
                    + state[1] + " exists. Either git is running there, or it was killed; if nothing runs (ps ax |"
                    + " grep git), remove the file and deploy again. Nothing was changed.");
            case "missing" -> throw new Refused(directory + " on " + host.name()
                    + " does not exist. Deploy the canary first, or clone " + plan.source().url() + " there.");
            default -> throw new Refused(directory + " on " + host.name() + " is not a git working copy of its own."
                    + " Move away what is there, or name another directory in the plan. Nothing was changed.");
        }
    }

    /** Git's own errors, in the words of someone who knows what usually is the matter. */
    private void explained(Result result, String what) throws Refused, HostException {
        if (result.ok()) {
            return;
        }
        String url = plan.source().url();
        String said = result.errors();
        if (said.contains("couldn't find remote ref") || said.contains("Could not find remote branch")
                || said.matches("(?s).*Remote branch .* not found.*")) {
            String branches = host.run(Git.remoteBranches(url)).text().replaceAll("(?m)^\\S+\\s+refs/heads/", "");
            throw new Refused("branch " + plan.source().branch() + " is not in " + url + ". It has: "
                    + branches.lines().limit(20).toList() + ". Nothing was changed.");
        }
        if (said.contains("Permission denied") || said.contains("Could not read from remote repository")
                || said.contains("Authentication failed") || said.contains("could not read Username")
                || said.contains("Host key verification failed")) {
            throw new Refused("git on " + host.name() + " has no access to " + url + ": " + firstLine(said)
                    + ". Give the host a deploy key, or set `forwardAgent: true` on it. Nothing was changed.");
        }
        throw new Refused("git could not " + what + " " + url + " on " + host.name() + ": " + said
                + "\nNothing was changed.");
    }

    private static String firstLine(String text) {
        return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }
}
