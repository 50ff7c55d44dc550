package hudson;

import java.io.File;
import java.io.IOException;

public final class FilePath implements org.jenkinsci.remoting.SerializableOnlyOverRemoting {
    public FilePath(FilePath a0, String a1) {}

    public FilePath(hudson.remoting.VirtualChannel a0, String a1) {}

    public FilePath(File a0) {}

    public FilePath child(String a0) {
        return null;
    }

    public boolean exists() throws IOException, InterruptedException {
        return false;
    }

    public hudson.remoting.VirtualChannel getChannel() {
        return null;
    }

    public FilePath getParent() {
        return null;
    }

    public String getRemote() {
        return null;
    }

    public String readToString() throws IOException, InterruptedException {
        return null;
    }
}
