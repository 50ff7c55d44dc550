package hudson.model;

public abstract class Node implements hudson.ExtensionPoint, hudson.security.AccessControlled {
    public abstract String getNodeName();

    public hudson.FilePath createPath(String a0) {
        return null;
    }

    public final hudson.remoting.VirtualChannel getChannel() {
        return null;
    }

    public final Computer toComputer() {
        return null;
    }
}
