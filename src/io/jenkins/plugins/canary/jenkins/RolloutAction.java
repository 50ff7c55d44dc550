package io.jenkins.plugins.canary.jenkins;

import hudson.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import jenkins.model.RunAction2;

/** The rollouts of a build. */
public final class RolloutAction implements RunAction2 {

    private final ArrayList<RolloutEntry> entries = new ArrayList<>();
    private transient Run<?, ?> run;

    static synchronized RolloutAction on(Run<?, ?> run) {
        RolloutAction action = run.getAction(RolloutAction.class);
        if (action == null) {
            action = new RolloutAction();
            action.run = run;
            run.addAction(action);
        }
        return action;
    }

    synchronized RolloutEntry begin(String step) throws IOException {
        RolloutEntry entry = new RolloutEntry(entries.size() + 1, step, Instant.now().toEpochMilli());
        entries.add(entry);
        run.save();
        return entry;
    }

    RolloutEntry entry(int number) {
        return entries.get(number - 1);
    }

    synchronized void append(RolloutEntry entry, String line) throws IOException {
        Path file = run.getRootDir().toPath().resolve("canary").resolve(entry.getNumber() + ".ndjson");
        Files.createDirectories(file.getParent());
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    String urlOf(RolloutEntry entry) {
        return run.getUrl() + "canary/" + entry.getNumber() + "/";
    }

    @Override
    public void onAttached(Run<?, ?> run) {
        this.run = run;
    }

    @Override
    public void onLoad(Run<?, ?> run) {
        this.run = run;
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return "Canary";
    }

    @Override
    public String getUrlName() {
        return "canary";
    }
}
