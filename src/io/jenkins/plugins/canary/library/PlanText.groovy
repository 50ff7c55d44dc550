package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/**
 * The services of a plan, for the build's parameters. The plugin reads and checks the plan; this finds the keys of its
 * top-level `services`, in block or flow style, and nothing else.
 */
final class PlanText implements Serializable {

    private static final long serialVersionUID = 1L
    private static final String NAME = '["\']?([a-z0-9][a-z0-9_-]{0,39})["\']?'

    /** In the plan's order; empty where it has none, or writes them in a way that takes a YAML reader. */
    @NonCPS
    static List services(String yaml) {
        List lines = yaml.split('\\r?\\n').toList()
        for (int i = 0; i < lines.size(); i++) {
            String line = lines[i]
            if (line.matches('["\']?services["\']?\\s*:.*')) {
                String rest = withoutComment(line.substring(line.indexOf(':') + 1)).replaceFirst('^\\s*&\\S+', '').trim()
                return rest.startsWith('{') ? inBraces(rest + '\n' + lines.subList(i + 1, lines.size()).join('\n'))
                        : rest.isEmpty() ? indented(lines.subList(i + 1, lines.size())) : []
            }
        }
        return []
    }

    @NonCPS
    private static List indented(List lines) {
        List names = []
        int depth = -1
        for (int i = 0; i < lines.size(); i++) {
            String line = withoutComment(lines[i])
            if (!line.trim().isEmpty()) {
                int indent = line.length() - line.replaceFirst('^ +', '').length()
                if (indent == 0) {
                    return names
                }
                depth = depth < 0 ? indent : depth
                if (indent == depth && line.trim().matches(NAME + '\\s*:(\\s.*)?')) {
                    names.add(line.trim().replaceFirst(NAME + '\\s*:.*', '$1'))
                }
            }
        }
        return names
    }

    /** Keys at depth one of a flow mapping that begins with the text. */
    @NonCPS
    private static List inBraces(String text) {
        List names = []
        int depth = 0
        String word = ''
        for (int i = 0; i < text.length(); i++) {
            String c = text.substring(i, i + 1)
            if (c == '{' || c == '[') {
                depth++
                word = ''
            } else if (c == '}' || c == ']') {
                depth--
                if (depth == 0) {
                    return names
                }
                word = ''
            } else if (c == ',') {
                word = ''
            } else if (c == ':' && depth == 1) {
                if (word.trim().matches(NAME)) {
                    names.add(word.trim().replaceFirst(NAME, '$1'))
                }
                word = ':'
            } else {
                word = word + c
            }
        }
        return []
    }

    @NonCPS
    private static String withoutComment(String line) {
        return line.startsWith('#') ? '' : line.replaceFirst('\\s#.*$', '')
    }
}
