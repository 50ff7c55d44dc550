package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.event.Abort.Wish;
import jenkins.security.MasterToSlaveCallable;

/** Tells an engine that runs on a node to stop. Gives back whether there is one. */
final class StopCall extends MasterToSlaveCallable<Boolean, RuntimeException> {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final Wish wish;

    StopCall(String id, Wish wish) {
        this.id = id;
        this.wish = wish;
    }

    @Override
    public Boolean call() {
        return Engine.stopRunning(id, wish);
    }
}
