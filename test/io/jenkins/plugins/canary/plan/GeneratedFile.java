package io.jenkins.plugins.canary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A committed file that is made from the plan's records; tests keep it equal to them. */
record GeneratedFile(Path path) {

    private static final String UPDATE = "canary.update";

    String text() throws IOException {
        return Files.exists(path) ? Files.readString(path) : "";
    }

    /** Fails with the difference, or writes the file where {@code -Dcanary.update=true} says so. */
    void mustBe(String wanted) throws IOException {
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(path, wanted);
        }
        assertThat(text())
                .as("%s must follow the plan's records: run `mvn test -Dtest='Plan*Test' -D%s=true`, read the"
                        + " difference and commit it", path, UPDATE)
                .isEqualTo(wanted);
    }
}
