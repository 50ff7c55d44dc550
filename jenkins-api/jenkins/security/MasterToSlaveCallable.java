package jenkins.security;

public abstract class MasterToSlaveCallable<V, T extends Throwable> implements hudson.remoting.Callable<V, T> {
    public MasterToSlaveCallable() {}

    public void checkRoles(org.jenkinsci.remoting.RoleChecker a0) throws SecurityException {}
}
