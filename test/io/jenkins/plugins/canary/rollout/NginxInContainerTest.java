package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.NginxContainer;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.host.Await;
import io.jenkins.plugins.canary.host.TestSshd;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** NGINX in a container, its files mounted from the host. */
class NginxInContainerTest {

    @RegisterExtension
    static final HeldCanary held = new HeldCanary("backend");

    private static ProductionHost host;
    private static String image;

    @BeforeAll
    static void start() throws IOException {
        host = held.host();
        image = NginxContainer.image(host);
    }

    @Test
    void changesSharesInADirectoryThatIsMounted() throws IOException {
        Path directory = Files.createDirectory(host.home().resolve("conf.d"));
        int port = TestSshd.freePort();
        Path file = config(directory, port);
        NginxContainer nginx = NginxContainer.start(host, image, directory, "/etc/nginx/conf.d");

        assertShareIsSet(nginx, file, port);
        assertThat(nginx.exec("ls", "-A", "/etc/nginx", "/etc/nginx/conf.d")).doesNotContain(".canary-");
    }

    @Test
    void changesSharesInAFileThatIsMountedAloneAndKeepsItsInode() throws IOException {
        Path directory = Files.createDirectory(host.home().resolve("alone"));
        int port = TestSshd.freePort();
        Path file = config(directory, port);
        Object inode = Files.getAttribute(file, "unix:ino");
        NginxContainer nginx = NginxContainer.start(host, image, file, "/etc/nginx/conf.d/shop.conf");

        assertShareIsSet(nginx, file, port);
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
        assertThat(nginx.exec("cat", "/etc/nginx/conf.d/shop.conf").strip()).isEqualTo(Files.readString(file).strip());
        assertThat(nginx.exec("ls", "-A", "/etc/nginx", "/etc/nginx/conf.d")).doesNotContain(".canary-");
    }

    @Test
    void refusesAFileThatIsInTheContainerOnly() throws IOException {
        Path directory = Files.createDirectory(host.home().resolve("unrelated"));
        int port = TestSshd.freePort();
        Path file = config(directory, port);
        NginxContainer nginx = NginxContainer.start(host, image, directory, "/mnt");
        nginx.exec("cp", "/mnt/shop.conf", "/etc/nginx/conf.d/shop.conf");

        Outcome outcome = set(nginx, file);

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.REFUSED);
        assertThat(outcome.message()).contains("/etc/nginx/conf.d/shop.conf is inside NGINX's container "
                + nginx.name() + " only", "mount its directory");
        assertThat(nginx.exec("cat", "/etc/nginx/conf.d/shop.conf")).contains("weight=500");
    }

    /** The app's file as it is while the canary is held, on another port. */
    private static Path config(Path directory, int port) throws IOException {
        return Files.writeString(directory.resolve("shop.conf"),
                held.heldConfig().replace("127.0.0.1:" + host.port(), "127.0.0.1:" + port));
    }

    private static Outcome set(NginxContainer nginx, Path file) {
        String plan = held.plan().replace("config: " + host.nginxConf(), "config: " + file)
                .replace("command: " + String.join(" ", host.nginxCommand()),
                        "command: docker exec " + nginx.name() + " nginx");
        return new Deployer(plan).run(rollout -> rollout.setWeights(Map.of("backend", 20.0)));
    }

    private static void assertShareIsSet(NginxContainer nginx, Path file, int port) throws IOException {
        Await.until("NGINX in the container serves", () -> version(port).equals("1") || version(port).equals("2"));
        Outcome outcome = set(nginx, file);

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.DONE);
        assertThat(outcome.state()).isEqualTo(State.HOLDING);
        assertThat(file).content().contains("weight=200", "weight=800");
        assertThat(outcome.services().get("backend").liveShare()).hasValue(20.0);
        int canary = 0;
        for (int i = 0; i < 100; i++) {
            canary += version(port).equals("2") ? 1 : 0;
        }
        assertThat(canary).isBetween(19, 21);
    }

    private static String version(int port) throws IOException {
        try (var answer = URI.create("http://127.0.0.1:" + port + "/api/version").toURL().openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (ConnectException e) {
            return "";
        }
    }
}
