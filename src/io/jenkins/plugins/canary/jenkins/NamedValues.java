package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values by name as a Pipeline gives them: a map, or in a form one {@code name=value} a line. */
final class NamedValues {

    private NamedValues() {}

    /**
     * @param given a map, a text of lines, or null
     * @throws IllegalArgumentException a line is no pair
     */
    static LinkedHashMap<String, String> of(Object given) {
        LinkedHashMap<String, String> values = new LinkedHashMap<>();
        if (given instanceof Map<?, ?> map) {
            map.forEach((name, value) -> values.put(String.valueOf(name).strip(), String.valueOf(value).strip()));
        } else if (given != null) {
            for (String line : given.toString().lines().map(String::strip).filter(each -> !each.isEmpty()).toList()) {
                int equals = line.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("`" + line + "` is not name=value");
                }
                values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
        }
        return values;
    }

    /**
     * Shares in percent by service.
     *
     * @param share of every service, a number or a text, or null
     * @param shares of single services, which count where both are given
     */
    static Map<String, Double> shares(Plan plan, Object share, Map<String, String> shares) throws AbortException {
        Map<String, Double> all = new LinkedHashMap<>();
        if (share != null) {
            double percent = percent("share", share.toString());
            plan.services().keySet().forEach(service -> all.put(service, percent));
        }
        for (var entry : shares.entrySet()) {
            if (!plan.services().containsKey(entry.getKey())) {
                throw new AbortException("shares: the plan has no service `" + entry.getKey() + "`; it has "
                        + String.join(", ", plan.services().keySet()));
            }
            all.put(entry.getKey(), percent("shares: " + entry.getKey(), entry.getValue()));
        }
        return all;
    }

    private static double percent(String name, String text) throws AbortException {
        try {
            return Weights.ofShare(Double.parseDouble(text.strip())).share();
        } catch (IllegalArgumentException e) {
            throw new AbortException(name + ": `" + text + "` is no share; give 0 to 100 in tenths, such as 30 or 12.5");
        }
    }
}
