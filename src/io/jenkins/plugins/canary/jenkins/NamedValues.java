package io.jenkins.plugins.canary.jenkins;

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
}
