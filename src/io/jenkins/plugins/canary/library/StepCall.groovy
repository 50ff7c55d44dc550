package io.jenkins.plugins.canary.library

/** One of the plugin's steps, called with what the caller and the team say. */
final class StepCall implements Serializable {

    private static final long serialVersionUID = 1L

    private final Object script
    private final String step

    /** @param script the var that calls */
    StepCall(Object script, String step) {
        this.script = script
        this.step = step
    }

    /** @param call hands its argument to the step and returns the step's result */
    Map run(Map arguments, Closure call) {
        List known = Parameters.OF_STEP[step]
        List problems = Words.unknown(step, arguments, known)
        if (problems) {
            script.steps.error(problems.join('\n'))
        }
        Map values = script.canaryDefaults().subMap(known) + arguments
        Map result = null
        try {
            result = call(values)
        } catch (NoSuchMethodError error) {
            if (!MissingStep.is(error, step)) {
                throw error
            }
            script.steps.error(PluginVersion.missing(step))
        }
        String problem = PluginVersion.problem(result.pluginVersion)
        if (problem) {
            script.steps.error(problem)
        }
        return result
    }
}
