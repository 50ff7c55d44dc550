package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostKeyTextTest {

    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIc9EHMkMoRyBfB8PMRZ0FMdkwyq2X3WhfcKQ8XQkqG4";

    @Test
    void takesSeveralLinesWithCommentsAndEmptyOnes() {
        HostKeyText text = HostKeyText.of("# edge\n\n" + KEY + " root@edge\r\n" + KEY + "\n");

        assertThat(text.problem()).isEmpty();
        assertThat(text.keys()).containsExactly(KEY, KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIIc9EHMkMoRyBfB8PMRZ0FMdkwyq2X3WhfcKQ8XQkqG4",
        "ssh-ed25519 not*base64",
        "10.0.0.5 " + KEY,
        "SHA256:0zF3GS3vYyDGBqFWhmKCXR2XWJgcJtKZzVkXYNXsdQE"
    })
    void refusesWhatIsNoKey(String line) {
        assertThat(HostKeyText.of(KEY + "\n" + line).problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("2"));
    }

    @Test
    void namesAHostAsKnownHostsDoes() throws AbortException {
        NamedHost host = new NamedHost("edge", "10.0.0.5");
        host.setHostKey(KEY);
        assertThat(host.knownHosts()).isEqualTo("10.0.0.5 " + KEY + "\n");

        host.setPort(2222);
        assertThat(host.knownHosts()).isEqualTo("[10.0.0.5]:2222 " + KEY + "\n");
    }

    @Test
    void saysWhichHostHasTheWrongKey() {
        NamedHost host = new NamedHost("edge", "10.0.0.5");
        host.setHostKey("nonsense");

        assertThatThrownBy(host::knownHosts).isInstanceOf(AbortException.class).hasMessageContaining("edge");
    }
}
