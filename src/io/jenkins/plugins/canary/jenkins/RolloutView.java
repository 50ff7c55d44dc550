package io.jenkins.plugins.canary.jenkins;

import hudson.Util;
import hudson.model.Api;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.jenkins.RolloutStory.End;
import io.jenkins.plugins.canary.jenkins.RolloutStory.Moment;
import io.jenkins.plugins.canary.jenkins.RolloutStory.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** One rollout as its page and the API show it; made anew for each request. */
@ExportedBean(defaultVisibility = 2)
public final class RolloutView {

    private static final int SHORT_HASH = 9;

    private final RolloutAction action;
    private final RolloutEntry entry;
    private final RolloutStory story;
    private final boolean building;

    RolloutView(RolloutAction action, RolloutEntry entry, RolloutStory story, boolean building) {
        this.action = action;
        this.entry = entry;
        this.story = story;
        this.building = building;
    }

    /** The rollouts of the build. */
    public RolloutAction getAction() {
        return action;
    }

    public Api getApi() {
        return new Api(this);
    }

    @Exported
    public int getNumber() {
        return entry.getNumber();
    }

    @Exported
    public String getStep() {
        return entry.getStep();
    }

    /** When the step began. */
    @Exported
    public Date getStarted() {
        return entry.getStarted();
    }

    @Exported
    public String getState() {
        return story.state().name();
    }

    /** Whether more is to come. */
    @Exported
    public boolean isRunning() {
        return building && story.end().isEmpty();
    }

    @Exported
    public String getCommit() {
        return story.release("commit").orElse(null);
    }

    @Exported
    public String getSubject() {
        return story.release("subject").orElse(null);
    }

    @Exported
    public String getAuthor() {
        return story.release("author").orElse(null);
    }

    @Exported
    public int getEvents() {
        return story.moments().size();
    }

    @Exported
    public List<ServiceView> getServices() {
        List<ServiceView> services = new ArrayList<>();
        story.services().forEach(name -> services.add(new ServiceView(name, story.share(name),
                Optional.ofNullable(story.newestSamples().get(name)))));
        return services;
    }

    /** How it ended, for a person; null as long as it goes on. */
    @Exported
    public String getOutcome() {
        return story.end().map(end -> end.moment().message()).orElse(null);
    }

    /** The exit code that the command line has for this end; null as long as it goes on. */
    @Exported
    public Integer getExitCode() {
        return story.end().map(End::exitCode).orElse(null);
    }

    public String getShortCommit() {
        return story.release("commit").map(hash -> hash.substring(0, Math.min(SHORT_HASH, hash.length()))).orElse(null);
    }

    public String getStateName() {
        return nameOf(story.state());
    }

    /** Of Jenkins' kinds of notices: which one the state is. */
    public String getTone() {
        if (!isRunning() && story.end().isEmpty()) {
            return "warning";
        }
        return switch (story.state()) {
            case SUCCEEDED -> "success";
            case ROLLED_BACK, ROLLING_BACK, REFUSED -> "warning";
            case FAILED -> "danger";
            default -> "info";
        };
    }

    /** The outcome, or what is going on, a line each. */
    public List<String> getHeadline() {
        if (story.end().isPresent()) {
            return story.end().get().moment().message().lines().toList();
        }
        if (!building) {
            return List.of(Messages.text(story.moments().isEmpty() ? "RolloutView.nothing" : "RolloutView.noEnd"));
        }
        List<Moment> moments = story.moments();
        return moments.isEmpty() ? List.of(Messages.text("RolloutView.waiting"))
                : moments.get(moments.size() - 1).message().lines().toList();
    }

    /** Why it turned back or failed, a line each; empty where it did not, or where the outcome says it already. */
    public List<String> getReasons() {
        String outcome = story.end().map(end -> end.moment().message()).orElse("");
        return story.moments(Type.FAILURE).stream().map(Moment::message).filter(reason -> !outcome.contains(reason))
                .distinct().flatMap(String::lines).toList();
    }

    /** How long it took, or takes so far. */
    public String getTook() {
        if (story.moments().isEmpty()) {
            return null;
        }
        Instant first = story.moments().get(0).time();
        return span(Duration.between(first, isRunning() ? Instant.now() : lastTime()));
    }

    /** Connections that were still open when a slot was replaced. */
    public int getCutConnections() {
        return story.end().map(End::cut).orElse(0);
    }

    /** The number in NGINX's configuration that answered last; null where none was proved. */
    public Long getGeneration() {
        return story.splits().stream().filter(RolloutStory.Split::proved).map(RolloutStory.Split::generation)
                .reduce((one, later) -> later).orElse(null);
    }

    /** The newest good result of a health check; null where there was none. */
    public String getHealth() {
        return story.moments(Type.HEALTH).stream().map(Moment::message).reduce((one, later) -> later).orElse(null);
    }

    public int getUnreadable() {
        return story.unreadable();
    }

    public String getChart() {
        return ShareChart.svg(story, isRunning() ? Instant.now() : lastTime());
    }

    /** The states with the time that each took. */
    public List<Line> getStates() {
        List<Moment> states = story.moments(Type.STATE);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            boolean last = i + 1 == states.size();
            Instant until = last ? isRunning() ? Instant.now() : lastTime() : states.get(i + 1).time();
            lines.add(new Line(states.get(i), nameOf(states.get(i).state()),
                    span(Duration.between(states.get(i).time(), until))));
        }
        return lines;
    }

    public List<Line> getLines() {
        return story.moments().stream()
                .map(moment -> new Line(moment, Messages.text("Type." + moment.type()), "")).toList();
    }

    private Instant lastTime() {
        List<Moment> moments = story.moments();
        return moments.isEmpty() ? entry.getStarted().toInstant() : moments.get(moments.size() - 1).time();
    }

    private static String nameOf(State state) {
        return Messages.text("State." + state);
    }

    private static String span(Duration time) {
        return Util.getTimeSpanString(Math.max(0, time.toMillis()));
    }

    /** A row of a table of events. */
    public static final class Line {

        private final Moment moment;
        private final String kind;
        private final String took;

        Line(Moment moment, String kind, String took) {
            this.moment = moment;
            this.kind = kind;
            this.took = took;
        }

        public Date getTime() {
            return Date.from(moment.time());
        }

        public String getKind() {
            return kind;
        }

        public String getTook() {
            return took;
        }

        public List<String> getMessage() {
            return moment.message().lines().toList();
        }
    }

    /** A service, its share and what its requests showed. */
    @ExportedBean(defaultVisibility = 3)
    public static final class ServiceView {

        private final String name;
        private final Optional<Double> share;
        private final Optional<Sample> sample;

        ServiceView(String name, Optional<Double> share, Optional<Sample> sample) {
            this.name = name;
            this.share = share;
            this.sample = sample;
        }

        @Exported
        public String getName() {
            return name;
        }

        /** The canary's percent of the requests, as NGINX is configured. */
        @Exported
        public Double getShare() {
            return share.orElse(null);
        }

        /** The same as samples showed it last. */
        @Exported
        public Double getLiveShare() {
            return sample.map(Sample::live).orElse(null);
        }

        /** The lower end of the 95 % interval. */
        @Exported
        public Double getLow() {
            return sample.map(Sample::low).orElse(null);
        }

        @Exported
        public Double getHigh() {
            return sample.map(Sample::high).orElse(null);
        }

        @Exported
        public int getSamples() {
            return sample.map(Sample::requests).orElse(0);
        }

        public String getShareText() {
            return share.map(ShareChart::percent).orElse("–");
        }

        public String getLiveText() {
            return sample.map(seen -> ShareChart.percent(seen.live())).orElse("–");
        }

        public String getIntervalText() {
            return sample.map(seen -> ShareChart.percent(seen.low()) + " – " + ShareChart.percent(seen.high()))
                    .orElse("–");
        }
    }
}
