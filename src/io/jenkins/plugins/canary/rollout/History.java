package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.release.Release;
import io.jenkins.plugins.canary.rollout.Journal.Entry;
import io.jenkins.plugins.canary.rollout.Journal.Kind;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One rollout of the past, as the journal has it.
 *
 * @param ended when it ended, or empty where it did not
 * @param state how it ended, or the last state that it began
 * @param message what was told at its end, or empty
 */
record History(
        String rollout, String action, String by, String build, String commit, String began, String ended, State state,
        String message) {

    /** All of them, the newest first. */
    static List<History> read(Journal journal) throws HostException {
        Map<String, List<Entry>> byRollout = new LinkedHashMap<>();
        journal.read().forEach(entry ->
                byRollout.computeIfAbsent(entry.rollout(), name -> new ArrayList<>()).add(entry));
        List<History> all = new ArrayList<>();
        byRollout.values().forEach(entries -> all.add(0, of(entries)));
        return all;
    }

    private static History of(List<Entry> entries) {
        Entry first = entries.get(0);
        Entry last = entries.get(entries.size() - 1);
        Unfinished facts = Unfinished.of(entries);
        return new History(first.rollout(), first.action(), first.by(), first.build(),
                facts.text("commit").orElse(""), first.time(), last.kind() == Kind.END ? last.time() : "",
                last.kind() == Kind.END ? last.state() : facts.state(), facts.text("message").orElse(""));
    }

    /** What its end means for whoever asked for it. */
    End end() {
        return switch (state) {
            case ROLLED_BACK -> action.equals(DeployType.ROLLBACK.label()) ? End.DONE : End.ROLLED_BACK;
            case REFUSED -> End.REFUSED;
            case FAILED -> End.PERSON_MUST_LOOK;
            case HOLDING, SUCCEEDED -> End.DONE;
            default -> End.LEFT;
        };
    }

    /** A line for a person. */
    String line() {
        return began + "  " + String.format("%-15s", action) + String.format("%-12s", state)
                + (commit.isEmpty() ? "" : Release.shortHash(commit) + "  ") + by
                + (build.isEmpty() ? "" : "  " + build) + (ended.isEmpty() ? "  not finished" : "");
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rollout", rollout);
        facts.put("action", action);
        facts.put("by", by);
        facts.put("build", build);
        facts.put("commit", commit);
        facts.put("began", began);
        facts.put("ended", ended);
        facts.put("end", state.name());
        return facts;
    }
}
