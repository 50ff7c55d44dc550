package hudson.model;

import java.util.List;

public abstract class Actionable {
    public Actionable() {}

    public void addAction(Action a0) {}

    public Action getAction(int a0) {
        return null;
    }

    public <T extends Action> T getAction(Class<T> a0) {
        return null;
    }

    public List<Action> getActions() {
        return null;
    }

    public <T extends Action> List<T> getActions(Class<T> a0) {
        return null;
    }
}
