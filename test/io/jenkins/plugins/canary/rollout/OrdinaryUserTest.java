package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A rollout by a user who is root through {@code sudo -n} only, and from a plan with a host each for NGINX and app. */
final class OrdinaryUserTest {

    private static final String USER = "canary-rollout";
    private static final Path ALLOWED = Path.of("/etc/sudoers.d/canary-rollout");
    @Test
    void releasesPromotesAndRollsBackThroughSudo() throws IOException {
        try (ProductionHost host = ProductionHost.start()) {
            letIn(host);
            Deployer deployer = new Deployer(plan(host));
            Outcome refused = deployer.run(rollout -> rollout.check(Optional.empty()));
            assertThat(refused.end()).as(refused.message()).isEqualTo(Outcome.End.REFUSED);
            assertThat(deployer.log()).contains("sudo on edge does not let", "sudo on app1 does not let",
                    USER + " ALL=(root) NOPASSWD: ALL");
            allowSudo();
            host.pushRelease(Release.working("2"));

            assertThat(deployer.canaryAuto().state()).as(deployer.log()).isEqualTo(State.HOLDING);
            assertThat(deployer.run(Rollout::promote).state()).as(deployer.log()).isEqualTo(State.SUCCEEDED);
            assertThat(host.http("backend", SlotName.STABLE, "/version").body()).contains("2");
            assertThat(deployer.run(rollout -> rollout.rollback(false)).state())
                    .as(deployer.log()).isEqualTo(State.ROLLED_BACK);

            assertThat(host.http("backend", SlotName.STABLE, "/version").body()).contains("1");
            assertThat(Files.getOwner(host.directory().resolve(".env")).getName()).isEqualTo(USER);
            assertThat(Files.getOwner(host.nginxConf()).getName()).isEqualTo("root");
        } finally {
            Files.deleteIfExists(ALLOWED);
        }
    }

    private static String plan(ProductionHost host) {
        String one = "{address: 127.0.0.1, port: %d, user: %s, key: %s, knownHosts: %s, sudo: true}".formatted(
                host.sshd().port(), USER, host.sshd().key(), host.sshd().knownHosts());
        return host.plan(List.of("backend"))
                .replaceFirst("(?m)^host: .*$", "hosts:\n  edge: " + one + "\n  app1: " + one)
                .replaceFirst("(?m)^nginx:$", "nginx:\n  host: edge")
                .replaceFirst("(?m)^  backend:$", "  backend:\n    host: app1") + Deployer.QUICK;
    }

    /** What an administrator does once: the user, and a working copy that is the user's. */
    private static void letIn(ProductionHost host) throws IOException {
        TestSshd.tool(List.of("sh", "-c", "id -u \"$1\" >/dev/null 2>&1 ||"
                + " useradd --system --create-home --shell /bin/sh --password '*' \"$1\"", "sh", USER));
        TestSshd.tool(List.of("chown", "-R", USER, host.directory().getParent().toString()));
        // The remote is a directory of root's here: git reads another's only when told to.
        TestSshd.tool(List.of("runuser", "-u", USER, "--", "git", "config", "--global", "safe.directory", "*"));
    }

    private static void allowSudo() throws IOException {
        Files.writeString(ALLOWED, USER + " ALL=(root) NOPASSWD: ALL\nDefaults:" + USER + " env_keep += DOCKER_HOST\n");
    }
}
