package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

    @TempDir
    private Path folder;

    @Test
    void appendsToWhatIsThere() throws IOException {
        new EventFile(file()).append("{\"a\":1}");
        new EventFile(file()).append("{\"b\":\"한\"}");

        assertThat(new EventFile(file()).lines()).containsExactly("{\"a\":1}", "{\"b\":\"한\"}");
    }

    @Test
    void losesNothingButTheLineThatACrashCutShort() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"a\":1}\n{\"b\":");

        assertThat(new EventFile(file()).lines()).as("not yet complete").containsExactly("{\"a\":1}");
        new EventFile(file()).append("{\"c\":3}");
        assertThat(new EventFile(file()).lines()).containsExactly("{\"a\":1}", "{\"b\":", "{\"c\":3}");
    }

    @Test
    void isEmptyBeforeTheFirstEvent() throws IOException {
        assertThat(new EventFile(file()).lines()).isEmpty();
    }

    private Path file() {
        return folder.resolve("canary/1.ndjson");
    }
}
