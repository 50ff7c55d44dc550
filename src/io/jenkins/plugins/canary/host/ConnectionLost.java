package io.jenkins.plugins.canary.host;

/** The connection ended while a command was under way: what it did is unknown until the host is read again. */
public final class ConnectionLost extends HostException {

    public ConnectionLost(String host, String message, Throwable cause) {
        super(host, message, cause);
    }
}
