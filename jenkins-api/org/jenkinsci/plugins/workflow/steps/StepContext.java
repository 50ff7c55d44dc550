package org.jenkinsci.plugins.workflow.steps;

import java.io.IOException;
import java.io.Serializable;

public abstract class StepContext implements com.google.common.util.concurrent.FutureCallback<Object>, Serializable {
    public StepContext() {}

    public abstract <T> T get(Class<T> a0) throws IOException, InterruptedException;

    public abstract boolean isReady();

    public abstract void onSuccess(Object a0);

    public abstract void setResult(hudson.model.Result a0);

    public abstract com.google.common.util.concurrent.ListenableFuture<Void> saveState();
}
