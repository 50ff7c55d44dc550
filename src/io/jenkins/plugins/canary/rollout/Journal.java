package io.jenkins.plugins.canary.rollout;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.commands.JournalFile;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What rollouts of an app did, on the edge in {@code journal.ndjson}: each state is written down before its effect and
 * confirmed after it. A later run reads it to finish or to undo what an earlier one could not.
 */
final class Journal {

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Host edge;
    private final String file;
    private final Secrets secrets;

    /** Who writes; null as long as this is only read. */
    private Writer writer;

    private State open;

    Journal(Plan plan, Host edge, Secrets secrets) {
        this.edge = edge;
        this.file = plan.stateDirectory() + "/journal.ndjson";
        this.secrets = secrets;
    }

    /** @param rollout names one rollout through all logs, also when another process goes on with it */
    record Writer(String rollout, long fence, LeaseFacts facts) {}

    /** What a line says. */
    enum Kind {
        /** The state begins. */
        BEGIN,
        /** A part of the state begins. */
        STAGE,
        /** All of the state has been done. */
        DONE,
        /** The rollout is over. */
        END
    }

    /**
     * One line.
     *
     * @param time by the edge's clock
     * @param stage the part of the state, for {@link Kind#STAGE}
     * @param facts texts and numbers that whoever goes on must know
     */
    record Entry(
            String time,
            String rollout,
            long fence,
            String by,
            String build,
            String action,
            Kind kind,
            State state,
            String stage,
            Map<String, Object> facts) {}

    /** @param next who writes from here on, or null for nobody */
    void writeAs(Writer next) {
        writer = next;
        open = null;
    }

    /** Whether a rollout is being written; before that there is nothing to go back to. */
    boolean isOpen() {
        return writer != null;
    }

    /** The name of the rollout that is written, which its backups bear too. */
    String rollout() {
        return writer.rollout();
    }

    void begin(State state, Map<String, Object> facts) throws HostException {
        List<Entry> entries = new ArrayList<>();
        if (open != null) {
            entries.add(entry(Kind.DONE, open, "", Map.of()));
        }
        entries.add(entry(Kind.BEGIN, state, "", facts));
        append(entries);
        open = state;
    }

    void stage(String stage, Map<String, Object> facts) throws HostException {
        append(List.of(entry(Kind.STAGE, open, stage, facts)));
    }

    void end(State state, Map<String, Object> facts) throws HostException {
        append(List.of(entry(Kind.END, state, "", facts)));
        open = null;
    }

    /** Every line that is whole, the oldest first. */
    List<Entry> read() throws HostException {
        List<Entry> entries = new ArrayList<>();
        for (String line : edge.require("read " + file, Files.readIfThere(file)).text().lines().toList()) {
            try {
                Entry entry = GSON.fromJson(line, Entry.class);
                if (entry != null && entry.rollout() != null && entry.kind() != null) {
                    entries.add(entry);
                }
            } catch (JsonParseException e) {
                // A line that a crash cut short: what it would have said had no effect yet.
                continue;
            }
        }
        return entries;
    }

    /** The last rollout, if it was not ended. */
    Optional<Unfinished> unfinished() throws HostException {
        List<Entry> entries = read();
        if (entries.isEmpty() || entries.get(entries.size() - 1).kind() == Kind.END) {
            return Optional.empty();
        }
        String rollout = entries.get(entries.size() - 1).rollout();
        return Optional.of(Unfinished.of(entries.stream().filter(entry -> entry.rollout().equals(rollout)).toList()));
    }

    private Entry entry(Kind kind, State state, String stage, Map<String, Object> facts) {
        return new Entry(JournalFile.HOST_TIME, writer.rollout(), writer.fence(), writer.facts().by(),
                writer.facts().build(), writer.facts().action(), kind, state, stage, new LinkedHashMap<>(facts));
    }

    private void append(List<Entry> entries) throws HostException {
        StringBuilder lines = new StringBuilder();
        entries.forEach(entry -> lines.append(secrets.mask(GSON.toJson(entry))).append('\n'));
        edge.require("write " + file, JournalFile.append(file).input(lines.toString()));
    }
}
