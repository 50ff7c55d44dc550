package io.jenkins.plugins.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.nginx.ConfigFile;
import io.jenkins.plugins.canary.nginx.Server;
import io.jenkins.plugins.canary.nginx.Upstream;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What examples/ holds is what Canary Deploy, Compose and NGINX take. */
class ExamplesTest {

    private static final Path SHOP = Path.of("examples/shop");

    /** Version 2 of Compose where it is there, else version 1. */
    private static final String COMPOSE =
            "if docker compose version >/dev/null 2>&1; then exec docker compose \"$@\"; fi; exec docker-compose \"$@\"";

    private final Plan plan = PlanReader.read(SHOP.resolve("canary.yml"));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(SlotName.class)
    void publishesTheServicesOfThePlanOnItsPorts(SlotName slot) throws IOException {
        Map<?, ?> services = services(plan.slot(slot).file());

        Set<String> planned = new TreeSet<>();
        for (String service : plan.services().keySet()) {
            planned.addAll(plan.composeServicesOf(service));
            assertThat(services.get(service)).as(service).asInstanceOf(InstanceOfAssertFactories.MAP)
                    .extractingByKey("ports").asString()
                    .contains("127.0.0.1:" + plan.services().get(service).port(slot) + ":");
        }
        assertThat(services.keySet()).extracting(String::valueOf).containsExactlyInAnyOrderElementsOf(planned);
        assertThat(services.values()).allSatisfy(service -> assertThat(((Map<?, ?>) service).get("environment"))
                .as("every container has the plan's time zone").asString()
                .contains("TZ=" + plan.env().timezone().orElseThrow()));
    }

    @Test
    void hasTwoSlotsThatDifferInNothingButPorts() throws IOException {
        String stable = Files.readString(SHOP.resolve(plan.slot(SlotName.STABLE).file()));
        String canary = Files.readString(SHOP.resolve(plan.slot(SlotName.CANARY).file()));

        for (Plan.Service service : plan.services().values()) {
            stable = stable.replace(":" + service.port(SlotName.STABLE) + ":", ":" + service.port(SlotName.CANARY) + ":");
        }
        assertThat(canary.replace("# The canary slot:", "# The stable slot:")).isEqualTo(stable);
    }

    @Test
    void keepsDataOutOfTheSlots() throws IOException {
        assertThat(services("docker-compose.data.yml").keySet()).extracting(String::valueOf)
                .containsExactlyInAnyOrder("mysql", "redis");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stable", "canary", "data"})
    void isAcceptedByCompose(String name) throws IOException {
        String file = "docker-compose." + name + ".yml";
        Files.copy(SHOP.resolve(file), directory.resolve(file));
        Files.copy(SHOP.resolve(".env.example"), directory.resolve(".env"));
        for (String build : List.of("frontend", "backend", "python")) {
            Files.copy(SHOP.resolve(build).resolve("Dockerfile"),
                    Files.createDirectory(directory.resolve(build)).resolve("Dockerfile"));
        }

        Program.run(directory, "sh", "-c", COMPOSE, "sh", "-p", "shop-" + name, "-f", file, "config", "-q");
    }

    @Test
    void hasAnUpstreamForEachServiceThatTakesTheCanary() throws IOException {
        ConfigFile config = ConfigFile.parse("shop.conf", Files.readAllBytes(SHOP.resolve("nginx/shop.conf")));

        for (String service : plan.services().keySet()) {
            int stable = plan.services().get(service).port(SlotName.STABLE);
            int canary = plan.services().get(service).port(SlotName.CANARY);
            Upstream upstream = Upstream.in(config, plan.upstreamOf(service)).orElseThrow();

            assertThat(upstream.hasZone()).as(service).isTrue();
            assertThat(upstream.servers()).extracting(Server::port).containsExactly(stable);
            config = upstream.withWeights(stable, canary, Weights.ofShare(10));
        }
        assertThat(new String(config.bytes(), ISO_8859_1).lines().filter(line -> line.contains("weight="))).hasSize(6);
    }

    @Test
    void isAcceptedByNginx() throws IOException {
        String text = Files.readString(SHOP.resolve("nginx/shop.conf"));
        // A test of a configuration opens its ports, and 80 is for root and may be taken.
        Files.writeString(directory.resolve("shop.conf"), text.replace("listen 80;", "listen unix:" + directory + "/shop;"));
        Files.writeString(directory.resolve("nginx.conf"), """
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                    include shop.conf;
                }
                """);

        Program.run(directory, "/usr/sbin/nginx", "-t", "-q", "-e", "stderr", "-p", directory.toString(),
                "-c", directory.resolve("nginx.conf").toString());
    }

    @Test
    void hasAJenkinsfileOfTenLinesAtMost() throws IOException {
        List<String> lines = Files.readAllLines(SHOP.resolve("Jenkinsfile"));

        assertThat(lines).hasSizeLessThanOrEqualTo(10).contains("@Library('canary-deploy') _")
                .anyMatch(line -> line.startsWith("canaryPipeline plan: 'canary.yml'"));
    }

    private static Map<?, ?> services(String file) throws IOException {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(SHOP.resolve(file)));
        return (Map<?, ?>) ((Map<?, ?>) loaded).get("services");
    }
}
