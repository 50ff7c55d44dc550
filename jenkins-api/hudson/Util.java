package hudson;

public class Util {
    public static String fixEmptyAndTrim(String a0) {
        return null;
    }

    public static String fixNull(String a0) {
        return null;
    }

    public static String getTimeSpanString(long a0) {
        return null;
    }
}
