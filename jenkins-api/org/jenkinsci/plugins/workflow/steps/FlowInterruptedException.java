package org.jenkinsci.plugins.workflow.steps;

import java.util.List;

public final class FlowInterruptedException extends InterruptedException {
    public List<jenkins.model.CauseOfInterruption> getCauses() {
        return null;
    }

    public hudson.model.Result getResult() {
        return null;
    }

    public FlowInterruptedException(hudson.model.Result a0, boolean a1, jenkins.model.CauseOfInterruption... a2) {}

    public FlowInterruptedException(hudson.model.Result a0, jenkins.model.CauseOfInterruption... a1) {}
}
