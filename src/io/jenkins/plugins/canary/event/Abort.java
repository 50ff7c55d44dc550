package io.jenkins.plugins.canary.event;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A person's wish to stop. The rollout asks for it wherever it waits or starts something new; once it turns back, the
 * way back is shielded from a second wish.
 */
public final class Abort {

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean requested;
    private boolean shielded;

    /** Asks the rollout to turn back; returns at once. Safe from any thread. */
    public void request() {
        lock.lock();
        try {
            requested = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From here on a wish to stop changes nothing. */
    public void shield() {
        lock.lock();
        try {
            shielded = true;
        } finally {
            lock.unlock();
        }
    }

    /** @throws Aborted a person asked to stop */
    public void check() throws Aborted {
        pause(Duration.ZERO);
    }

    /**
     * Waits.
     *
     * @throws Aborted a person asked to stop, before or meanwhile
     */
    public void pause(Duration time) throws Aborted {
        long left = time.toNanos();
        lock.lock();
        try {
            while (true) {
                if (requested && !shielded) {
                    throw new Aborted();
                }
                if (left <= 0) {
                    return;
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted();
        } finally {
            lock.unlock();
        }
    }

    /** A person asked to stop. */
    public static final class Aborted extends Exception {

        Aborted() {
            super("stopped on request");
        }
    }
}
