package hudson.model;

import java.io.File;
import java.util.List;

public abstract class Run<JobT extends Job<JobT, RunT>, RunT extends Run<JobT, RunT>> extends Actionable implements hudson.ExtensionPoint, Comparable<RunT>, hudson.security.AccessControlled {
    public void addAction(Action a0) {}

    public List<Cause> getCauses() {
        return null;
    }

    public String getFullDisplayName() {
        return null;
    }

    public int getNumber() {
        return 0;
    }

    public JobT getParent() {
        return null;
    }

    public File getRootDir() {
        return null;
    }

    public String getUrl() {
        return null;
    }

    public boolean isBuilding() {
        return false;
    }

    public void save() throws java.io.IOException {}
}
