import io.jenkins.plugins.canary.library.StepCall

def call(Map arguments = [:]) {
    return new StepCall(this, 'promoteCanary').run(arguments) { steps.promoteCanary(it) }
}
