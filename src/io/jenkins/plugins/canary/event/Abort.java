package io.jenkins.plugins.canary.event;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A wish to stop. The rollout asks for it wherever it waits or starts something new; once it turns back, the way back is
 * shielded from a second wish. The first wish counts.
 */
public final class Abort {

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Wish wish;
    private boolean shielded;

    /** What is to become of the rollout. */
    public enum Wish {
        /** All requests go back to where they were. */
        TURN_BACK,
        /** A canary stays at the share that it has; what has no share yet turns back. */
        HOLD,
        /** Everything stays as it is, unfinished, for whoever goes on. */
        LEAVE
    }

    /** Asks the rollout to turn back; returns at once. Safe from any thread. */
    public void request() {
        request(Wish.TURN_BACK);
    }

    /** Asks the rollout to stop; returns at once. Safe from any thread. */
    public void request(Wish wanted) {
        lock.lock();
        try {
            if (wish == null) {
                wish = wanted;
            }
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

    /** @throws Aborted someone asked to stop */
    public void check() throws Aborted {
        pause(Duration.ZERO);
    }

    /**
     * Waits. An interrupt says nothing of what anyone wants, so it leaves everything as it is.
     *
     * @throws Aborted someone asked to stop, before or meanwhile
     */
    public void pause(Duration time) throws Aborted {
        long left = time.toNanos();
        lock.lock();
        try {
            while (true) {
                if (wish != null && !shielded) {
                    throw new Aborted(wish);
                }
                if (left <= 0) {
                    return;
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted(Wish.LEAVE);
        } finally {
            lock.unlock();
        }
    }

    /** Someone asked to stop. */
    public static final class Aborted extends Exception {

        private final Wish wish;

        Aborted(Wish wish) {
            super("stopped on request");
            this.wish = wish;
        }

        public Wish wish() {
            return wish;
        }
    }
}
