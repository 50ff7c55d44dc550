package org.jenkinsci.plugins.workflow.steps;

import java.util.Map;
import java.util.Set;

public abstract class StepDescriptor extends hudson.model.Descriptor<Step> {
    public StepDescriptor() {}

    public abstract String getFunctionName();

    public abstract Set<? extends Class<?>> getRequiredContext();

    public String argumentsToString(Map<String, Object> a0) {
        return null;
    }
}
