import io.jenkins.plugins.canary.library.Parameters
import io.jenkins.plugins.canary.library.Words

/** What the team has given: environment variables outlive a restart and reach every var, which a field does not. */
def call() {
    Map values = [:]
    for (String name in Parameters.TEAM) {
        String value = env."${Parameters.environmentName(name)}"
        if (value) {
            values[name] = Parameters.MAPS.contains(name) ? Words.pairs(value) : value
        }
    }
    return values
}

/** Gives them for the rest of this build. */
def call(Map values) {
    List problems = Words.unknown('canaryDefaults', values, Parameters.TEAM)
    if (problems) {
        error(problems.join('\n'))
    }
    for (String name in new ArrayList(values.keySet())) {
        env."${Parameters.environmentName(name)}" = Words.text(values[name])
    }
    return call()
}
