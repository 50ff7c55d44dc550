package io.jenkins.plugins.canary.bench;

import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What a benchmark found: a table for people, and ratios of medians for programs. */
final class Report {

    private final StringBuilder table = new StringBuilder();
    private final Map<String, Double> ratios = new LinkedHashMap<>();

    Report(String title) {
        table.append(title).append('\n');
    }

    void row(String name, Series series) {
        table.append(line(name, series)).append('\n');
    }

    /**
     * A way to compare with.
     *
     * @param key names the ratio, ours to the other's
     * @param goal what the ratio is to be at most
     */
    void ratio(String key, String name, Series other, Series ours, double goal) {
        OptionalDouble theirs = other.median();
        Double ratio = theirs.isEmpty() ? null
                : Math.round(1000 * ours.median().orElseThrow() / theirs.getAsDouble()) / 1000.0;
        ratios.put(key, ratio);
        table.append(line(name, other))
                .append(ratio == null ? "" : String.format(Locale.ROOT, "   %s %.3f (goal: %s)", key, ratio, goal))
                .append('\n');
    }

    void print(boolean json) {
        System.out.print(table);
        if (json) {
            System.out.println(new GsonBuilder().serializeNulls().create().toJson(ratios));
        }
    }

    private static String line(String name, Series series) {
        OptionalDouble median = series.median();
        return String.format(Locale.ROOT, "  %-52s %12s", name,
                median.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f ms", median.getAsDouble()));
    }
}
