package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.fixture.ProductionHost;
import java.io.IOException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A production host that a test class registers: started before its tests, reset before each, closed after them. */
abstract class RegisteredHost implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

    private ProductionHost host;

    final ProductionHost host() {
        return host;
    }

    /** Makes the host what the tests expect, once. */
    abstract void prepare() throws IOException;

    /** Makes it that again after another test. */
    abstract void reset() throws IOException;

    @Override
    public final void beforeAll(ExtensionContext context) throws IOException {
        host = ProductionHost.start();
        prepare();
    }

    @Override
    public final void beforeEach(ExtensionContext context) throws IOException {
        reset();
    }

    @Override
    public final void afterAll(ExtensionContext context) throws IOException {
        if (host != null) {
            host.close();
        }
    }
}
