package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service whose plan names no ports, on a host where nothing of it runs yet. */
class PickedPortsTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    private static final String COMPOSE = """
            services:
              backend:
                build: {context: ., dockerfile: backend/Dockerfile}
                env_file: .env
                init: true
                stop_grace_period: 1s
                ports: ["127.0.0.1:${BACKEND_PORT}:8080"]
            """;

    @Test
    void composeAndNginxGetPortsThatArePickedOnceForEachSlot() throws Exception {
        ProductionHost host = shop.host();
        host.docker("rm", "-f", host.container(SlotName.STABLE, "backend"));
        Files.delete(host.nginxConf());
        host.reloadNginx();
        Path made = host.nginxConf().resolveSibling("made.conf");
        String plan = host.plan(List.of("backend"))
                .replace("directory: " + host.directory(), "directory: " + host.home() + "/srv/first")
                .replace("  config: " + host.nginxConf(), "  config: " + made + "\n  generate: {listen: '127.0.0.1:"
                        + host.port() + "', path: " + made + "}")
                .replaceFirst("(?m)^    ports: .*\n", "") + "ports: {range: 18200-18299}\n" + Deployer.QUICK;
        Deployer deployer = new Deployer(plan);
        assertThat(deployer.run(Rollout::status).message()).contains("service backend has no ports on edge yet");
        String first = push();

        Outcome outcome = deployer.deploy(DeployType.STABLE, Map.of(),
                Optional.of(EnvText.parse("A=1\n".getBytes(StandardCharsets.UTF_8))));

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.SUCCEEDED);
        JsonObject ports = JsonParser.parseString(Files.readString(shop.state().resolve("ports.json")))
                .getAsJsonObject().getAsJsonObject("backend");
        int stable = ports.get("stable").getAsInt();
        int canary = ports.get("canary").getAsInt();
        assertThat(List.of(stable, canary)).allMatch(port -> port >= 18200 && port <= 18299).doesNotHaveDuplicates();
        assertThat(host.docker("port", host.container(SlotName.STABLE, "backend"))).endsWith(":" + stable);
        assertThat(made).content().contains("server 127.0.0.1:" + stable);
        assertThat(host.http("/version").body().strip()).isEqualTo(first);

        push();
        assertThat(deployer.canaryAuto().state()).as(deployer.log()).isEqualTo(State.HOLDING);
        assertThat(host.docker("port", host.container(SlotName.CANARY, "backend"))).endsWith(":" + canary);
        assertThat(made).content().contains("server 127.0.0.1:" + stable + " weight=500",
                "server 127.0.0.1:" + canary + " weight=500");

        Outcome full = new Deployer(plan.replace("app: " + host.app(), "app: another")
                .replace("18200-18299", stable + "-" + canary)).run(Rollout::check);
        assertThat(full.end()).as(full.message()).isEqualTo(End.REFUSED);
        assertThat(full.message()).contains("no two ports", stable + "-" + canary, "Widen the range");
    }

    private static String push() throws Exception {
        String name = shop.newName();
        shop.push(Release.working(name), Map.of(Shop.file(SlotName.STABLE), COMPOSE, Shop.file(SlotName.CANARY), COMPOSE));
        return name;
    }
}
