package io.jenkins.plugins.canary.library;

import com.cloudbees.groovy.cps.SerializableScript;
import groovy.lang.MissingPropertyException;
import org.codehaus.groovy.runtime.InvokerHelper;

/**
 * What a Jenkinsfile and a var of a library are in Jenkins: a call is one of the script's own methods, else a var of the
 * library, else a step; a name is a variable of the script, else a global one.
 */
public abstract class PipelineScript extends SerializableScript {

    private static final long serialVersionUID = 1L;

    @Override
    public Object invokeMethod(String name, Object args) {
        Object var = PipelineRun.current().var(name, getBinding());
        if (var != null) {
            return InvokerHelper.getMetaClass(var).invokeMethod(var, "call", args);
        }
        return PipelineRun.current().step(name, (Object[]) args);
    }

    @Override
    public Object getProperty(String name) {
        try {
            return super.getProperty(name);
        } catch (MissingPropertyException e) {
            return PipelineRun.current().global(name, getBinding()).orElseThrow(() -> e);
        }
    }
}
