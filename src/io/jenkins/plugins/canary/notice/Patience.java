package io.jenkins.plugins.canary.notice;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long a delivery may still take: long while a rollout goes on, seconds once somebody waits for the end. */
final class Patience {

    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile long deadline;

    /** From here on there is only so much time left. */
    void end(Duration left) {
        deadline = System.nanoTime() + left.toNanos();
        ending.countDown();
    }

    /** The time that is left, at most this. */
    Duration left(Duration most) {
        if (ending.getCount() > 0) {
            return most;
        }
        Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        return left.compareTo(most) < 0 ? left : most;
    }

    /** Waits that long, or does not begin to where there is less time left; says which. */
    boolean pause(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        if (!ending.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            return true;
        }
        if (until - deadline >= 0) {
            return false;
        }
        TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
        return true;
    }
}
