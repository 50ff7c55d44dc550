package io.jenkins.plugins.canary.host;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** This machine, as this process's user. */
public final class LocalHost extends ShellHost {

    /**
     * @param name the host's name in the plan
     * @param sudo whether commands that need root run through {@code sudo -n}
     */
    public LocalHost(String name, boolean sudo) {
        super(name, System.getProperty("user.name"), sudo);
    }

    @Override
    Shell shell(boolean agent) throws HostException {
        try {
            // A session of its own, as sshd gives: ending it must not end whoever runs this.
            return new LocalShell(new ProcessBuilder("setsid", "/bin/sh")
                    .directory(new File(System.getProperty("user.home")))
                    .start());
        } catch (IOException e) {
            throw new HostException(name(), "could not start `setsid /bin/sh` on this machine (" + name() + "): "
                    + e.getMessage(), e);
        }
    }

    @Override
    public OptionalInt forward(int port) {
        return OptionalInt.of(port);
    }

    /** Nothing stays open between exchanges. */
    @Override
    public void close() {}

    private static final class LocalShell implements Shell {

        private static final long END_SECONDS = 2;

        private final Process process;
        private final Head errors = new Head();
        private final Thread errorReader = new Thread(this::readErrors, "errors of /bin/sh");

        LocalShell(Process process) {
            this.process = process;
            errorReader.setDaemon(true);
            errorReader.start();
        }

        private void readErrors() {
            try {
                process.getErrorStream().transferTo(errors);
            } catch (IOException e) {
                // Closed under the reader when the shell is let go: nobody reads the errors then.
            }
        }

        @Override
        public OutputStream input() {
            return process.getOutputStream();
        }

        @Override
        public InputStream output() {
            return process.getInputStream();
        }

        @Override
        public String errors() {
            try {
                errorReader.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return errors.text();
        }

        @Override
        public OptionalInt exit() {
            try {
                return process.waitFor(END_SECONDS, TimeUnit.SECONDS)
                        ? OptionalInt.of(process.exitValue())
                        : OptionalInt.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return OptionalInt.empty();
            }
        }

        /** A new one costs nothing here. After its answer the script only cleans up, which gets a moment. */
        @Override
        public void release() {
            closeInput();
            if (exit().isEmpty()) {
                close();
            }
        }

        @Override
        public void close() {
            closeInput();
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }

        private void closeInput() {
            try {
                input().close();
            } catch (IOException e) {
                // The shell has ended before it read everything; its answer was judged by then.
            }
        }
    }
}
