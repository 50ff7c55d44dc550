package io.jenkins.plugins.canary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForbiddenHostsFileTest {

    @TempDir
    private Path directory;

    @Test
    void readsFileAndVariable() throws IOException {
        Path file = Files.writeString(directory.resolve("hosts"), "# ours\n\n10.0.0.5  # the database\nmail.example.com\n");

        assertThat(ForbiddenHostsFile.read(file, Map.of("CANARY_FORBIDDEN_HOSTS", "10.0.0.7, a.example.com")).names())
                .containsExactly("10.0.0.7", "a.example.com", "10.0.0.5", "mail.example.com");
    }

    @Test
    void forbidsNothingWhereThereIsNoList() throws IOException {
        assertThat(ForbiddenHostsFile.read(directory.resolve("none"), Map.of()).names()).isEmpty();
    }

    @Test
    void failsWhereTheListCanNotBeRead() {
        assertThatThrownBy(() -> ForbiddenHostsFile.read(directory, Map.of())).isInstanceOf(IOException.class);
    }
}
