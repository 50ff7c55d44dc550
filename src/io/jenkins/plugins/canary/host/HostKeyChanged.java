package io.jenkins.plugins.canary.host;

/** Whoever answers shows another key than the one that the host is known by: nothing was sent. */
public final class HostKeyChanged extends HostException {

    private final String fact;

    /** @param remedy what to do, where the key is kept in a file of known hosts */
    HostKeyChanged(String host, String fact, String remedy, Throwable cause) {
        super(host, fact + " " + remedy, cause);
        this.fact = fact;
    }

    /** The message without the remedy, for those who keep the key elsewhere. */
    public String fact() {
        return fact;
    }
}
