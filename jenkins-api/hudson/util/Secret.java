package hudson.util;

import java.io.Serializable;

public final class Secret implements Serializable {
    public String getPlainText() {
        return null;
    }

    public static Secret fromString(String a0) {
        return null;
    }

    public static String toString(Secret a0) {
        return null;
    }

    public String toString() {
        return null;
    }
}
