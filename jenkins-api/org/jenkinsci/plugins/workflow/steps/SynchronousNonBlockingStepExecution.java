package org.jenkinsci.plugins.workflow.steps;

public abstract class SynchronousNonBlockingStepExecution<T> extends StepExecution {
    protected SynchronousNonBlockingStepExecution(StepContext a0) {}

    protected abstract T run() throws Exception;

    public final boolean start() throws Exception {
        return false;
    }
}
