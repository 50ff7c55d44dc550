package hudson.model;

import java.util.concurrent.ExecutorService;

public abstract class Computer extends Actionable implements hudson.security.AccessControlled {
    public static ExecutorService threadPoolForRemoting;

    public abstract hudson.remoting.VirtualChannel getChannel();

    public final boolean isOnline() {
        return false;
    }

    public String getName() {
        return null;
    }

    public Node getNode() {
        return null;
    }

    public boolean isOffline() {
        return false;
    }
}
