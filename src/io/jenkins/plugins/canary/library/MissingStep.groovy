package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/** A step or symbol of a plugin that is not installed. Jenkins has no other sign of it than this error's text. */
final class MissingStep implements Serializable {

    private static final long serialVersionUID = 1L

    /** Whether the error is about that very step: any other is a fault, not a missing plugin. */
    @NonCPS
    static boolean is(NoSuchMethodError error, String step) {
        String message = error.getMessage()
        return message != null && message.startsWith('No such DSL method \'' + step + '\' ')
    }
}
