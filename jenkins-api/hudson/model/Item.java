package hudson.model;

public interface Item extends hudson.security.AccessControlled {
    public static final hudson.security.Permission CONFIGURE = null;

    public static final hudson.security.Permission EXTENDED_READ = null;

    public static final hudson.security.Permission READ = null;
}
