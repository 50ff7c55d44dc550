package hudson.remoting;

import java.io.IOException;
import java.io.OutputStream;

public final class RemoteOutputStream extends OutputStream implements org.jenkinsci.remoting.SerializableOnlyOverRemoting {
    public RemoteOutputStream(OutputStream a0) {}

    public void write(int a0) throws IOException {}
}
