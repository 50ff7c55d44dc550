package io.jenkins.plugins.canary.plan;

import java.io.Serializable;

/**
 * One thing that is wrong in a plan.
 *
 * @param line 1-based; 0 where the file as a whole is meant
 * @param column 1-based, in characters (a tab is one); 0 where the file as a whole is meant
 * @param key the path of the key, as {@code services.backend.ports.canary} or {@code rollout.steps[1]}, counted
 *     from 0; empty where no key is meant
 * @param suggestion what to do about it; may be empty
 */
public record Problem(int line, int column, String key, String message, String suggestion) implements Serializable {

    /** One line in the form that editors and CI logs link: {@code canary.yml:12:5: key: message; suggestion}. */
    public String in(String file) {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        String subject = key.isEmpty() ? "" : key + ": ";
        String advice = suggestion.isEmpty() ? "" : "; " + suggestion;
        return place + ": " + subject + message + advice;
    }
}
