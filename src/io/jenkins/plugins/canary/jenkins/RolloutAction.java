package io.jenkins.plugins.canary.jenkins;

import hudson.model.Api;
import hudson.model.Run;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The rollouts of a build, and its page "Canary". Kept in build.xml; the events are beside it, in
 * {@code canary/<number>.ndjson}.
 */
@ExportedBean
public final class RolloutAction implements RunAction2 {

    private static final Logger LOGGER = Logger.getLogger(RolloutAction.class.getName());
    private static final String URL_NAME = "canary";

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

    synchronized RolloutEntry entry(int number) {
        return entries.get(number - 1);
    }

    /** Keeps one event, as {@code JsonSink} writes it. */
    synchronized void append(RolloutEntry entry, String line) throws IOException {
        fileOf(entry).append(line);
    }

    /** Where the rollout's page is, below Jenkins' own address. */
    String urlOf(RolloutEntry entry) {
        return run.getUrl() + URL_NAME + "/" + entry.getNumber() + "/";
    }

    private EventFile fileOf(RolloutEntry entry) {
        return new EventFile(run.getRootDir().toPath().resolve(URL_NAME).resolve(entry.getNumber() + ".ndjson"));
    }

    /** For the views. */
    public Run<?, ?> getRun() {
        return run;
    }

    public Api getApi() {
        return new Api(this);
    }

    /** The newest first. */
    @Exported
    public synchronized List<RolloutView> getRollouts() {
        List<RolloutView> views = new ArrayList<>();
        entries.forEach(entry -> views.add(0, view(entry)));
        return views;
    }

    /** One of them, by its number in the address; null, and so not found, where there is none. */
    public synchronized RolloutView getDynamic(String number) {
        return entries.stream().filter(entry -> String.valueOf(entry.getNumber()).equals(number)).findFirst()
                .map(this::view).orElse(null);
    }

    private RolloutView view(RolloutEntry entry) {
        List<String> lines;
        try {
            lines = fileOf(entry).lines();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the events of rollout " + entry.getNumber() + " of " + run.getUrl()
                    + " cannot be read, so its page is empty", e);
            lines = List.of();
        }
        return new RolloutView(this, entry, RolloutStory.of(lines), run.isBuilding());
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
        return "symbol-analytics";
    }

    @Override
    public String getDisplayName() {
        return Messages.text("RolloutAction.displayName");
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }
}
