package io.jenkins.plugins.canary.library;

import groovy.lang.Closure;
import groovy.lang.GString;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step as a script called it.
 *
 * @param named its named arguments; a step's only unnamed one is under {@code ""}
 * @param body what it encloses, or null
 * @param inside the steps around it, as {@code node} or {@code stage Deploy}
 */
record StepCalled(String step, Map<String, Object> named, Closure<?> body, List<String> inside)
        implements Serializable {

    static StepCalled of(String step, Object[] arguments, List<String> inside) {
        Map<String, Object> named = new LinkedHashMap<>();
        Closure<?> body = null;
        for (Object argument : arguments) {
            if (argument instanceof Closure<?> closure) {
                body = closure;
            } else if (argument instanceof Map<?, ?> map) {
                map.forEach((name, value) -> named.put(name.toString(), plain(value)));
            } else {
                named.put("", plain(argument));
            }
        }
        return new StepCalled(step, named, body, new ArrayList<>(inside));
    }

    /** Jenkins, too, makes plain texts of what Groovy composed. */
    private static Object plain(Object value) {
        if (value instanceof GString composed) {
            return composed.toString();
        } else if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            list.forEach(one -> plain.add(plain(one)));
            return plain;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((name, one) -> plain.put(name.toString(), plain(one)));
            return plain;
        }
        return value;
    }

    Object argument(String name) {
        return named.get(name);
    }

    /** The text that {@code echo}, {@code error} and {@code stage} are called with. */
    String text() {
        return String.valueOf(named.get(""));
    }

    /** {@code stage Deploy}, else the step's name. */
    String place() {
        return step.equals("stage") ? "stage " + text() : step;
    }

    /** For messages of failing assertions. */
    @Override
    public String toString() {
        return step + (named.isEmpty() ? "" : " " + named) + (body == null ? "" : " {…}");
    }
}
