package io.jenkins.plugins.canary.event;

/** Somewhere that events go: a console, a file, a chat. A sink that fails must not fail the rollout. */
@FunctionalInterface
public interface Sink {

    void accept(Event event);
}
