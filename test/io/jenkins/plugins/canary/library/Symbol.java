package io.jenkins.plugins.canary.library;

import java.io.Serializable;
import java.util.Map;

/** What a symbol of a plugin, such as {@code choice} or {@code gitlab}, makes of its arguments until a step takes it. */
record Symbol(String name, Map<String, Object> arguments) implements Serializable {

    Object argument(String argument) {
        return arguments.get(argument);
    }
}
