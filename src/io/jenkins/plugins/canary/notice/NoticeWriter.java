package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.notice.Notice.Field;
import io.jenkins.plugins.canary.notice.Notice.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes the notice of a rollout's outcome. */
final class NoticeWriter {

    /**
     * Where a commit's subject would call people: {@code @channel}, and in Mattermost {@code <!channel>} too. An
     * invisible character keeps it from that. An address such as kim@example.com calls nobody.
     */
    private static final Pattern CALL = Pattern.compile("(?<!\\w)@(?=\\w)|<(?=!)");

    private final Wording wording;
    private final Directions directions;

    NoticeWriter(NoticeSettings settings, Directions directions) {
        this.wording = new Wording(settings.language(), settings.templates());
        this.directions = directions;
    }

    /** @param afterWatch whether people were told before that the canary is held and watched */
    Notice write(RolloutFacts rollout, boolean afterWatch) {
        Kind kind = Kind.of(rollout, afterWatch);
        Map<String, String> values = values(rollout);
        List<Link> links = new ArrayList<>();
        addLink(links, "link.page", directions.page());
        addLink(links, "link.log", directions.log());
        return new Notice(kind.colour(), wording.text(kind.key() + ".title", values).replace('\n', ' '),
                links.isEmpty() ? "" : links.get(0).url(), wording.text(kind.key() + ".text", values),
                values.get("cause"), fields(kind, values), links);
    }

    private List<Field> fields(Kind kind, Map<String, String> values) {
        List<Field> fields = new ArrayList<>();
        addField(fields, "type", values, true);
        addField(fields, "by", values, true);
        if (!values.get("commit").isEmpty()) {
            addField(fields, "commit", values, false);
        }
        addField(fields, "author", values, true);
        if (!kind.isBrief()) {
            addField(fields, "duration", values, true);
            addField(fields, "shares", values, false);
            addField(fields, "rolledBack", values, false);
            addField(fields, "rollout", values, true);
        }
        return fields;
    }

    private void addField(List<Field> fields, String name, Map<String, String> values, boolean brief) {
        String label = wording.text("field." + name);
        if (!label.isEmpty() && !values.get(name).isEmpty()) {
            fields.add(new Field(label, values.get(name), brief));
        }
    }

    private void addLink(List<Link> links, String key, String url) {
        String label = wording.text(key);
        if (!label.isEmpty() && !url.isEmpty()) {
            links.add(new Link(label, url));
        }
    }

    private Map<String, String> values(RolloutFacts rollout) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("app", rollout.text("app"));
        values.put("type", rollout.text("action"));
        values.put("commit", rollout.commit());
        values.put("author", rollout.text("author"));
        values.put("by", rollout.text("by"));
        values.put("shares", shares(rollout));
        values.put("duration", duration(rollout.took()));
        values.put("cause", rollout.text("cause"));
        values.put("rolledBack", rollout.text("rolledBack"));
        values.put("rollout", rollout.text("rollout"));
        values.put("watched", wording.text(rollout.isWatched() ? "watched.yes" : "watched.no"));
        values.replaceAll((name, value) -> CALL.matcher(value).replaceAll("$0\u200b"));
        values.put("promote", directions.next().promote());
        values.put("rollback", directions.next().rollback());
        values.put("log", directions.log());
        values.put("page", directions.page());
        return values;
    }

    /** A line for each service: {@code backend 10 % → 40 %}. */
    private static String shares(RolloutFacts rollout) {
        Map<String, Double> before = rollout.sharesBefore();
        List<String> lines = new ArrayList<>();
        rollout.sharesAfter().forEach((service, share) -> lines.add(service + " "
                + (before.containsKey(service) ? percent(before.get(service)) + " → " : "") + percent(share)));
        return String.join("\n", lines);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share).replace(".0 %", " %");
    }

    private String duration(Duration took) {
        Map<String, String> parts = Map.of("hours", String.valueOf(took.toHours()),
                "minutes", String.valueOf(took.toMinutesPart()), "seconds", String.valueOf(took.toSecondsPart()));
        return wording.text(took.toHours() > 0 ? "duration.hours"
                : took.toMinutes() > 0 ? "duration.minutes" : "duration.seconds", parts);
    }
}
