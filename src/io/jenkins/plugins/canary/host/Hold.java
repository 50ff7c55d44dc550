package io.jenkins.plugins.canary.host;

/**
 * A command kept running on a host for as long as this is open. Every few seconds it gets an empty line on its standard
 * input, so it can tell a deployer that is there from one whose network died.
 */
public interface Hold extends AutoCloseable {

    /** The first line that the command wrote. */
    String line();

    /** Whether the command and the connection under it are still there. */
    boolean alive();

    /** Closes the command's standard input and waits until it ended. */
    @Override
    void close();
}
