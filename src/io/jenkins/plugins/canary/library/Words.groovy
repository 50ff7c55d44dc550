package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/** Words that someone wrote: which one was meant, what is wrong with them. */
final class Words implements Serializable {

    private static final long serialVersionUID = 1L

    /** One problem for each name that is not known, with the nearest that is. */
    @NonCPS
    static List unknown(String call, Map arguments, List known) {
        List problems = []
        List names = new ArrayList(arguments.keySet())
        for (int i = 0; i < names.size(); i++) {
            String name = names[i] as String
            if (!known.contains(name)) {
                String near = nearest(name, known)
                problems.add(call + ' has no parameter `' + name + '`; ' +
                        (near ? 'did you mean `' + near + '`?' : 'it has ' + known.join(', ')))
            }
        }
        return problems
    }

    /** The one that differs by the fewest letters, or null where it would take a third of them or more. */
    @NonCPS
    static String nearest(String word, List known) {
        String best = null
        int third = word.length() / 3
        int fewest = Math.max(2, third) + 1
        for (int i = 0; i < known.size(); i++) {
            String candidate = known[i] as String
            int changes = distance(word.toLowerCase(), candidate.toLowerCase())
            if (changes < fewest) {
                fewest = changes
                best = candidate
            }
        }
        return best
    }

    /** Letters to insert, remove or replace (Levenshtein). */
    @NonCPS
    static int distance(String one, String other) {
        List above = []
        for (int j = 0; j <= other.length(); j++) {
            above.add(j)
        }
        for (int i = 1; i <= one.length(); i++) {
            List row = [i]
            for (int j = 1; j <= other.length(); j++) {
                int replaced = above[j - 1] + (one.substring(i - 1, i) == other.substring(j - 1, j) ? 0 : 1)
                row.add((int) Math.min(replaced, (int) Math.min(above[j] + 1, row[j - 1] + 1)))
            }
            above = row
        }
        return above[other.length()]
    }

    /** `edge=edge-key, app1=app-key`, or lines of that form, as a map. */
    @NonCPS
    static Map pairs(String text) {
        Map pairs = [:]
        List parts = text.split('[,\\n]').toList()
        for (int i = 0; i < parts.size(); i++) {
            String part = parts[i].trim()
            int equals = part.indexOf('=')
            if (equals > 0) {
                pairs.put(part.substring(0, equals).trim(), part.substring(equals + 1).trim())
            }
        }
        return pairs
    }

    /** A map as `pairs` reads it, a list with commas. */
    @NonCPS
    static String text(Object value) {
        if (!(value instanceof Map)) {
            return value instanceof List ? value.join(',') : String.valueOf(value)
        }
        List parts = []
        List keys = new ArrayList(value.keySet())
        for (int i = 0; i < keys.size(); i++) {
            parts.add(keys[i] + '=' + value.get(keys[i]))
        }
        return parts.join(',')
    }

    /** `90s`, `30m`, `2h` in seconds, or 0 for anything else. */
    @NonCPS
    static int seconds(String text) {
        if (!text.matches('[1-9][0-9]{0,5}(s|m|h)')) {
            return 0
        }
        int number = Integer.parseInt(text.substring(0, text.length() - 1))
        return text.endsWith('h') ? number * 3600 : text.endsWith('m') ? number * 60 : number
    }
}
