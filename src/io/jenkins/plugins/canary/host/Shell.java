package io.jenkins.plugins.canary.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;

/** A POSIX shell that was just started on a host and reads its script from standard input. */
interface Shell extends AutoCloseable {

    OutputStream input();

    InputStream output();

    /** The head of what came on standard error. Waits a moment for its end. */
    String errors();

    /** How the shell ended; empty where the connection went first. Waits a moment for it. */
    OptionalInt exit();

    /** Lets go of the shell, and ends it where it still runs on this machine. */
    @Override
    void close();
}
