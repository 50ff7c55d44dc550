package jenkins.security;

public abstract class MasterToSlaveCallable<V, T extends Throwable> implements hudson.remoting.Callable<V, T> {
    public MasterToSlaveCallable() {}
}
