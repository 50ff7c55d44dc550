package org.jenkinsci.plugins.workflow.steps;

import java.io.Serializable;

public abstract class StepExecution implements Serializable {
    protected StepExecution() {}

    protected StepExecution(StepContext a0) {}

    public abstract boolean start() throws Exception;

    public StepContext getContext() {
        return null;
    }

    public String getStatus() {
        return null;
    }

    public void onResume() {}

    public void stop(Throwable a0) throws Exception {}
}
