package jenkins.model;

public abstract class GlobalConfiguration extends hudson.model.Descriptor<GlobalConfiguration> implements hudson.ExtensionPoint, hudson.model.Describable<GlobalConfiguration> {
    protected GlobalConfiguration() {}

    public final hudson.model.Descriptor<GlobalConfiguration> getDescriptor() {
        return null;
    }

    public boolean configure(org.kohsuke.stapler.StaplerRequest2 a0, net.sf.json.JSONObject a1) throws hudson.model.Descriptor.FormException {
        return false;
    }
}
