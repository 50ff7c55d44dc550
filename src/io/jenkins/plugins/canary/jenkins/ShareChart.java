package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.jenkins.RolloutStory.Sample;
import io.jenkins.plugins.canary.jenkins.RolloutStory.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.StringEscapeUtils;

/**
 * Shares over time as SVG, one strip a service: the line is what was applied, the dots with their whiskers are what
 * requests showed. Presentation attributes only, and {@code currentColor}: for light and dark, and for any CSP.
 */
final class ShareChart {

    private static final int WIDTH = 1000;
    private static final int LEFT = 150;
    private static final int RIGHT = 70;
    private static final int TOP = 24;
    private static final int STRIP = 70;
    private static final int GAP = 34;
    private static final int BOTTOM = 30;

    /** At least 3:1 on white and on Jenkins' dark background. */
    private static final List<String> COLORS =
            List.of("#2a83c9", "#d5600a", "#0e8f68", "#a75fc0", "#a07800", "#d14d72");

    private static final List<Duration> TICKS = List.of(5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400,
            28800, 86400).stream().map(Duration::ofSeconds).toList();
    private static final int MOST_TICKS = 8;

    private final StringBuilder svg = new StringBuilder();
    private final RolloutStory story;
    private final List<String> services;
    private final Instant from;
    private final Instant to;

    private ShareChart(RolloutStory story, Instant now) {
        this.story = story;
        this.services = story.services();
        this.from = story.moments().get(0).time();
        Instant last = story.moments().get(story.moments().size() - 1).time();
        Instant end = now.isAfter(last) && story.end().isEmpty() ? now : last;
        this.to = end.isAfter(from) ? end : from.plusSeconds(1);
    }

    /**
     * Draws it.
     *
     * @param now up to where a rollout that goes on is drawn
     * @return an {@code svg} element; empty where no share is known yet
     */
    static String svg(RolloutStory story, Instant now) {
        return story.splits().isEmpty() ? "" : new ShareChart(story, now).draw();
    }

    private String draw() {
        int height = TOP + services.size() * (STRIP + GAP) - GAP + BOTTOM;
        String title = escaped(Messages.text("ShareChart.title"));
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\""
                + " fill=\"currentColor\" font-size=\"13\" aria-label=\"%s\"><title>%s</title>", WIDTH, height, title,
                title);
        for (int i = 0; i < services.size(); i++) {
            strip(services.get(i), COLORS.get(i % COLORS.size()), TOP + i * (STRIP + GAP));
        }
        axis(height - BOTTOM);
        story.moments(Type.STATE).stream().filter(moment -> moment.state() == State.ROLLING_BACK)
                .forEach(moment -> turn(x(moment.time()), height - BOTTOM));
        add("</svg>");
        return svg.toString();
    }

    private void strip(String service, String color, int top) {
        int bottom = top + STRIP;
        for (int percent : new int[] {0, 50, 100}) {
            double y = y(percent, top);
            add("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/>",
                    LEFT, y, WIDTH - RIGHT, y);
            text(LEFT - 8, y + 4, "end", "0.7", percent + " %");
        }
        text(0, top + STRIP / 2.0 + 4, "start", "1", shortened(service));
        StringBuilder path = new StringBuilder();
        double share = -1;
        for (Split split : story.splits()) {
            Double next = split.shares().get(service);
            if (next != null) {
                path.append(share < 0 ? point("M", x(split.time()), y(next, top))
                        : point("L", x(split.time()), y(share, top)) + point("L", x(split.time()), y(next, top)));
                share = next;
            }
        }
        if (share < 0) {
            return;
        }
        path.append(point("L", x(to), y(share, top)));
        add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>", path.toString().strip(), color);
        text(WIDTH - RIGHT + 8, Math.min(y(share, top) + 4, bottom), "start", "1", percent(share));
        for (Sample sample : story.samples()) {
            if (sample.service().equals(service)) {
                dot(sample, color, top);
            }
        }
    }

    private void dot(Sample sample, String color, int top) {
        double x = x(sample.time());
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" stroke-opacity=\"0.6\"/>", x,
                y(sample.low(), top), x, y(sample.high(), top));
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s</title></circle>", x, y(sample.live(), top),
                color, escaped(Messages.text("ShareChart.sample", percent(sample.live()), sample.requests(),
                        percent(sample.low()), percent(sample.high()))));
    }

    private void axis(int y) {
        Duration whole = Duration.between(from, to);
        Duration step = TICKS.stream().filter(tick -> whole.dividedBy(tick) < MOST_TICKS).findFirst()
                .orElse(whole.dividedBy(MOST_TICKS).plusSeconds(1));
        for (Duration at = Duration.ZERO; at.compareTo(whole) <= 0; at = at.plus(step)) {
            double x = x(from.plus(at));
            add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"currentColor\"/>", x, y, x, y + 5);
            text(x, y + 20, "middle", "0.7", clock(at));
        }
    }

    private void turn(double x, int bottom) {
        add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"currentColor\" stroke-dasharray=\"4 4\"/>", x,
                TOP - 6, x, bottom);
        text(x, TOP - 11, "middle", "1", Messages.text("ShareChart.rollback"));
    }

    private void text(double x, double y, String anchor, String opacity, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill-opacity=\"%s\">%s</text>", x, y, anchor, opacity,
                escaped(text));
    }

    private double x(Instant time) {
        double part = (double) Duration.between(from, time).toMillis() / Duration.between(from, to).toMillis();
        return LEFT + Math.max(0, Math.min(1, part)) * (WIDTH - RIGHT - LEFT);
    }

    private static double y(double percent, int top) {
        return top + STRIP * (1 - Math.max(0, Math.min(100, percent)) / 100);
    }

    private static String point(String command, double x, double y) {
        return String.format(Locale.ROOT, "%s%.1f %.1f ", command, x, y);
    }

    /** Time since the start: minutes and seconds, from an hour on with hours. */
    private static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format("%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format("%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share).replace(".0 %", " %");
    }

    private static String shortened(String service) {
        return service.length() <= 13 ? service : service.substring(0, 12) + "…";
    }

    private static String escaped(String text) {
        return StringEscapeUtils.escapeXml10(text);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
