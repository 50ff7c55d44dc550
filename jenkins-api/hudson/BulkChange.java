package hudson;

import java.io.Closeable;
import java.io.IOException;

public class BulkChange implements Closeable {
    public BulkChange(hudson.model.Saveable a0) {}

    public void close() {}

    public void commit() throws IOException {}
}
