package hudson.util;

import java.io.IOException;

public abstract class FormValidation extends IOException implements org.kohsuke.stapler.HttpResponse {
    public abstract String renderHtml();

    public static FormValidation error(String a0) {
        return null;
    }

    public static FormValidation error(Throwable a0, String a1) {
        return null;
    }

    public static FormValidation ok() {
        return null;
    }

    public static FormValidation ok(String a0) {
        return null;
    }

    public static FormValidation okWithMarkup(String a0) {
        return null;
    }

    public static FormValidation error(String a0, Object... a1) {
        return null;
    }

    public static FormValidation error(Throwable a0, String a1, Object... a2) {
        return null;
    }

    public static FormValidation ok(String a0, Object... a1) {
        return null;
    }

    public static FormValidation warning(String a0, Object... a1) {
        return null;
    }

    public static FormValidation warning(Throwable a0, String a1, Object... a2) {
        return null;
    }

    public static FormValidation warning(String a0) {
        return null;
    }

    public static FormValidation warning(Throwable a0, String a1) {
        return null;
    }

    public enum Kind {
        ERROR, OK, WARNING;
    }
}
