package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.JournalFile;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The signal that a deployer's process gives itself right before or right after it writes to the journal or reloads
 * NGINX for the n-th time, so that a test can choose the very moment of its death.
 *
 * @param signal such as {@code KILL}
 * @param number counted from 1; 0: never
 */
record Fate(String signal, Moment moment, Deed deed, int number) {

    static final Fate LIVES = new Fate("-", Moment.BEFORE, Deed.JOURNAL, 0);

    enum Moment {
        BEFORE,
        AFTER
    }

    /** What a host is asked to do. */
    enum Deed {
        /** A line of the journal, or two that are written at once. */
        JOURNAL {
            @Override
            boolean isIn(Command command) {
                return command.words().size() > 2 && command.words().get(2).equals(JournalFile.append("").words().get(2));
            }
        },
        /** The new weights: staging, test, rename, reload and proof in one exchange. */
        RELOAD {
            @Override
            boolean isIn(Command command) {
                int size = command.words().size();
                return size > 2 && command.words().subList(size - 2, size).equals(List.of("-s", "reload"));
            }
        };

        abstract boolean isIn(Command command);
    }

    /** As {@link #toString} wrote it. */
    static Fate of(String text) {
        String[] words = text.split(" ");
        return new Fate(words[0], Moment.valueOf(words[1]), Deed.valueOf(words[2]), Integer.parseInt(words[3]));
    }

    @Override
    public String toString() {
        return signal + " " + moment + " " + deed + " " + number;
    }

    /** A host at which it happens. */
    Watched at(Host host) {
        return new Watched(host);
    }

    /** Counts the deeds that a rollout asks of a host. */
    final class Watched implements Host {

        private final Host host;
        private final AtomicInteger count = new AtomicInteger();

        private Watched(Host host) {
            this.host = host;
        }

        int count() {
            return count.get();
        }

        @Override
        public List<Result> run(List<Command> commands) throws HostException {
            boolean now = commands.stream().anyMatch(deed::isIn) && count.incrementAndGet() == number;
            if (now && moment == Moment.BEFORE) {
                signalOneself();
            }
            List<Result> results = host.run(commands);
            if (now && moment == Moment.AFTER) {
                signalOneself();
            }
            return results;
        }

        private void signalOneself() throws HostException {
            try {
                new ProcessBuilder("kill", "-" + signal, Long.toString(ProcessHandle.current().pid()))
                        .inheritIO().start().waitFor();
            } catch (IOException | InterruptedException e) {
                throw new HostException(name(), "no signal could be given: " + e, e);
            }
        }

        @Override
        public String name() {
            return host.name();
        }

        @Override
        public OptionalInt forward(int port) throws HostException {
            return host.forward(port);
        }

        @Override
        public void close() {
            host.close();
        }
    }
}
