package io.jenkins.plugins.canary.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Times of one way to do something. */
final class Series {

    private final List<Long> nanos = new ArrayList<>();

    /** Something to be timed. */
    interface Work {
        void run() throws Exception;
    }

    void time(Work work) throws Exception {
        long begin = System.nanoTime();
        work.run();
        nanos.add(System.nanoTime() - begin);
    }

    /** In milliseconds; empty where nothing was timed. */
    OptionalDouble median() {
        return nanos.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e6);
    }
}
