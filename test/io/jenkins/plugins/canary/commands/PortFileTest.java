package io.jenkins.plugins.canary.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.commands.PortFile.Mode;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.host.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports as a real host gives them. The range lies where nothing else of these tests listens. */
class PortFileTest {

    private static final int FIRST = 18_100;

    private final LocalHost host = new LocalHost("here", false);

    @TempDir
    private Path state;

    @BeforeEach
    void makeApps() throws IOException {
        Files.createDirectories(state.resolve("shop"));
        Files.createDirectories(state.resolve("other"));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Result pick(String app, int last, Mode mode, String... services) throws HostException {
        return host.run(PortFile.pick(state.toString(), app, FIRST, last, List.of(FIRST), mode, List.of(services)));
    }

    @Test
    void picksPortsThatNobodyHasAndKeepsThem() throws Exception {
        Files.writeString(state.resolve("other/ports.json"), "{\"python3\":{\"stable\":18103,\"canary\":18104}}\n");
        try (ServerSocket listening = new ServerSocket(FIRST + 1, 1, InetAddress.getLoopbackAddress())) {
            String wanted = "{\"back-end\":{\"stable\":18102,\"canary\":18105}}";
            assertThat(pick("shop", FIRST + 9, Mode.FORESEE, "back-end").text()).isEqualTo(wanted);
            assertThat(state.resolve("shop/ports.json")).doesNotExist();
            assertThat(pick("shop", FIRST + 9, Mode.READ, "back-end").text()).isEqualTo("{}");

            assertThat(pick("shop", FIRST + 9, Mode.RESERVE, "back-end").text()).isEqualTo(wanted);

            assertThat(listening.isBound()).isTrue();
        }
        assertThat(pick("shop", FIRST + 9, Mode.READ, "back-end").text()).contains("18102", "18105");
        assertThat(pick("shop", FIRST + 9, Mode.RESERVE, "api", "back-end").text()).isEqualTo(
                "{\"api\":{\"stable\":18101,\"canary\":18106},\"back-end\":{\"stable\":18102,\"canary\":18105}}");
    }

    @Test
    void givesBackThePortsOfAServiceThatIsGoneAndOfAnAppWhoseStateIsDeleted() throws Exception {
        pick("shop", FIRST + 4, Mode.RESERVE, "api", "web");
        assertThat(pick("other", FIRST + 4, Mode.RESERVE, "python").exit()).isEqualTo(PortFile.FULL);

        pick("shop", FIRST + 4, Mode.RESERVE, "web");

        assertThat(pick("other", FIRST + 4, Mode.RESERVE, "python").text()).contains("18101", "18102");
        Files.delete(state.resolve("shop/ports.json"));
        assertThat(pick("other", FIRST + 4, Mode.RESERVE, "python", "go").text()).contains("18103", "18104");
    }

    @Test
    void staysOutOfTheRangeThatTheKernelGivesToOutgoingConnections() throws Exception {
        // Java asks for a byte of it first, and the kernel gives such a file in one go only.
        int first = Integer.parseInt(host.require("read the kernel's range",
                Command.of("cat", "/proc/sys/net/ipv4/ip_local_port_range")).text().split("\\s+")[0]);

        Result result = host.run(PortFile.pick(
                state.toString(), "shop", first, first + 100, List.of(), Mode.RESERVE, List.of("api")));

        assertThat(result.exit()).as(result.text() + result.errors()).isEqualTo(PortFile.FULL);
        assertThat(state.resolve("shop/ports.json")).doesNotExist();
    }
}
