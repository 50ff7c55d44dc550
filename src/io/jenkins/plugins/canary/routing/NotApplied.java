package io.jenkins.plugins.canary.routing;

/** A change of NGINX's configuration did not take effect. */
public final class NotApplied extends Exception {

    private final boolean worthAnotherTry;

    public NotApplied(String message, boolean worthAnotherTry) {
        super(message);
        this.worthAnotherTry = worthAnotherTry;
    }

    /** Whether the same change may work now; not so where a person edits the files or the configuration is wrong. */
    public boolean worthAnotherTry() {
        return worthAnotherTry;
    }
}
