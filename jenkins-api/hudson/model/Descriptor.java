package hudson.model;

public abstract class Descriptor<T extends Describable<T>> implements Saveable {
    protected Descriptor() {}

    protected Descriptor(Class<? extends T> a0) {}

    public boolean configure(org.kohsuke.stapler.StaplerRequest2 a0, net.sf.json.JSONObject a1) throws Descriptor.FormException {
        return false;
    }

    public String getDisplayName() {
        return null;
    }

    public void load() {}

    public void save() {}

    public final static class FormException extends Exception implements org.kohsuke.stapler.HttpResponse {
    }
}
