package io.jenkins.plugins.canary.host;

/** A host could not do what was asked: what was attempted, on which host, what came back, what to do. */
public class HostException extends Exception {

    private final String host;

    public HostException(String host, String message) {
        this(host, message, null);
    }

    public HostException(String host, String message, Throwable cause) {
        super(message, cause);
        this.host = host;
    }

    public String host() {
        return host;
    }
}
