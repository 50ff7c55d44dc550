package hudson.security;

public interface AccessControlled {
    default void checkPermission(Permission a0) {}

    default boolean hasPermission(Permission a0) {
        return false;
    }
}
