package com.cloudbees.plugins.credentials;

public class CredentialsMatchers {
    public static CredentialsMatcher always() {
        return null;
    }

    public static CredentialsMatcher instanceOf(Class<?> a0) {
        return null;
    }

    public static CredentialsMatcher anyOf(CredentialsMatcher... a0) {
        return null;
    }

    public static <C extends Credentials> C firstOrNull(Iterable<C> a0, CredentialsMatcher a1) {
        return null;
    }

    public static CredentialsMatcher withId(String a0) {
        return null;
    }
}
