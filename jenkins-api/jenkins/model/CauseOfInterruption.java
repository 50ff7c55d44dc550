package jenkins.model;

import java.io.Serializable;

public abstract class CauseOfInterruption implements Serializable {
    public abstract String getShortDescription();

    public final static class UserInterruption extends CauseOfInterruption {
        public UserInterruption(String a0) {}

        public String getShortDescription() {
            return null;
        }
    }
}
