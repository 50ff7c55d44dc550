package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Sink;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Hands events on from a thread of its own, so that a connection to Jenkins that hangs does not hold up a rollout. What
 * does not get through stands in the journal on the host.
 */
final class Relay implements Sink, AutoCloseable {

    private static final int WAITING_AT_MOST = 10_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final BlockingQueue<Event> waiting = new LinkedBlockingQueue<>(WAITING_AT_MOST);
    private final Thread thread;
    private volatile boolean closing;

    Relay(String name, Sink to) {
        thread = new Thread(() -> handOn(to), name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void accept(Event event) {
        waiting.offer(event);
    }

    private void handOn(Sink to) {
        try {
            while (!closing || !waiting.isEmpty()) {
                Event event = waiting.poll(100, java.util.concurrent.TimeUnit.MILLISECONDS);
                if (event != null) {
                    to.accept(event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until everything is handed on, but not for long. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(LAST_WORDS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
