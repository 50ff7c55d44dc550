package org.jenkinsci.plugins.workflow.steps;

public abstract class Step extends hudson.model.AbstractDescribableImpl<Step> implements hudson.ExtensionPoint {
    public Step() {}

    public abstract StepExecution start(StepContext a0) throws Exception;

    public StepDescriptor getDescriptor() {
        return null;
    }
}
