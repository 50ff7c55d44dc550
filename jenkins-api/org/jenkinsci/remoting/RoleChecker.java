package org.jenkinsci.remoting;

import java.util.Collection;

public abstract class RoleChecker {
    public abstract void check(RoleSensitive a0, Collection<?> a1) throws SecurityException;
}
