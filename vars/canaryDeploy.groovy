import io.jenkins.plugins.canary.library.StepCall

def call(Map arguments = [:]) {
    return new StepCall(this, 'canaryDeploy').run(arguments) { steps.canaryDeploy(it) }
}
