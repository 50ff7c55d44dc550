import io.jenkins.plugins.canary.library.StepCall

def call(Map arguments = [:]) {
    return new StepCall(this, 'rollbackStable').run(arguments) { steps.rollbackStable(it) }
}
