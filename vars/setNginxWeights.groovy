import io.jenkins.plugins.canary.library.StepCall

def call(Map arguments = [:]) {
    return new StepCall(this, 'setNginxWeights').run(arguments) { steps.setNginxWeights(it) }
}
