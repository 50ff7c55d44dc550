package io.jenkins.plugins.canary.host;

/** No SSH connection came about, for a reason that may pass: nothing ran on the host. */
public final class Unreachable extends HostException {

    public Unreachable(String host, String message, Throwable cause) {
        super(host, message, cause);
    }
}
