package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/** Whether the installed plugin is as new as this library needs. */
final class PluginVersion implements Serializable {

    private static final long serialVersionUID = 1L

    /** The oldest plugin that has every step and parameter that this library calls. */
    static final String NEEDED = '0.1.0'

    /** What is wrong with the plugin, or null. `installed` is what a step's result says; null before it said any. */
    @NonCPS
    static String problem(String installed) {
        if (installed && !olderThan(installed, NEEDED)) {
            return null
        }
        return 'This version of the canary-deploy library needs the plugin Canary Deploy ' + NEEDED +
                ' or newer; installed is ' + (installed ?: 'one that does not say its version') + '. Update the plugin' +
                ' (Manage Jenkins, Plugins, Advanced settings, Deploy Plugin), or name an older version of the' +
                ' library: @Library(\'canary-deploy@VERSION\') _'
    }

    static String missing(String step) {
        return 'The plugin Canary Deploy is not installed, or is older than ' + NEEDED + ', which this library needs: ' +
                'there is no step ' + step + '. Install canary-deploy.hpi (Manage Jenkins, Plugins, Advanced settings,' +
                ' Deploy Plugin).'
    }

    @NonCPS
    private static boolean olderThan(String one, String other) {
        List left = one.replaceFirst('[^0-9.].*$', '').split('\\.').toList()
        List right = other.split('\\.').toList()
        for (int i = 0; i < right.size(); i++) {
            int have = i < left.size() && left[i] ? Integer.parseInt(left[i] as String) : 0
            int need = Integer.parseInt(right[i] as String)
            if (have != need) {
                return have < need
            }
        }
        return false
    }
}
