package hudson.model;

public abstract class Cause {
    public Cause() {}

    public abstract String getShortDescription();

    public static class UserIdCause extends Cause {
        public String getShortDescription() {
            return null;
        }

        public String getUserId() {
            return null;
        }

        public String getUserName() {
            return null;
        }
    }
}
