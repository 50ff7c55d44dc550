package io.jenkins.plugins.canary.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known about one plan's text so far: where each key's value is, and what is wrong. A key that something is
 * wrong with is not reported again for what follows from it: rules name the keys they rest on.
 */
final class Diagnosis {

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> broken = new HashSet<>();

    void locate(String path, Place place) {
        places.put(path, place);
    }

    boolean isWritten(String path) {
        return places.containsKey(path);
    }

    /** Where a key's value is; of a key that was left out, where the nearest one around it is. */
    Place placeOf(String path) {
        String at = path;
        while (!places.containsKey(at) && !at.isEmpty()) {
            at = parent(at);
        }
        return places.getOrDefault(at, Place.WHOLE_FILE);
    }

    void refuse(Place place, String path, String message, String suggestion) {
        problems.add(new Problem(place.line(), place.column(), path, message, suggestion));
        broken.add(path);
    }

    /** As {@link #refuse}, at the value, unless it or one of the values it was compared with is wrong already. */
    void refuseIfSound(String path, String message, String suggestion, String... comparedWith) {
        if (isSound(path) && List.of(comparedWith).stream().allMatch(this::isSound)) {
            refuse(placeOf(path), path, message, suggestion);
        }
    }

    /** Says that a value is not what was written, without a problem of its own. */
    void distrust(String path) {
        broken.add(path);
    }

    boolean isSound(String path) {
        for (String at = path; !at.isEmpty(); at = parent(at)) {
            if (broken.contains(at)) {
                return false;
            }
        }
        return true;
    }

    List<Problem> problems() {
        return problems.stream()
                .sorted(Comparator.comparing(problem -> new Place(problem.line(), problem.column())))
                .toList();
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
}
