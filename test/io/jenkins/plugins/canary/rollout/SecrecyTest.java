package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.PlanException;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values of {@code .env} files stay on the host, and values of a plan stay values. */
class SecrecyTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    @Test
    void aContainerThatPrintsItsEnvironmentAndDiesGivesNoSecretAway() throws Exception {
        List<String> values = new ArrayList<>(List.of("correct&horse/battery+staple==", "MIIEowIBAAKCAQEA0Z3VS5JJcds"));
        String env = "GIVEN=" + values.get(0) + "\n"
                + "KEY=\"-----BEGIN KEY-----\n" + values.get(1) + "\n-----END KEY-----\"\n";
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", new Behaviour("""
                env
                echo "$GIVEN" "$KEY"
                echo %s %s
                exit 1
                """.formatted(base64("user:" + values.get(0)),
                URLEncoder.encode(values.get(0), StandardCharsets.UTF_8)), "")));
        List<String> forbidden = new ArrayList<>(values);
        for (String value : values) {
            forbidden.add(base64(value).replace("=", ""));
            forbidden.add(base64("user:" + value).substring(8).replace("=", ""));
            forbidden.add(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
        Set<String> commandLines = ConcurrentHashMap.newKeySet();
        Thread looking = new Thread(() -> collectCommandLines(commandLines));
        looking.start();
        Deployer deployer = shop.deployer();
        Outcome outcome;
        try {
            outcome = deployer.deploy(DeployType.CANARY_AUTO, Map.of(),
                    Optional.of(EnvText.parse(env.getBytes(StandardCharsets.UTF_8))));
        } finally {
            looking.interrupt();
            looking.join();
        }

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).contains("GIVEN=****");
        assertThat(outcome + "\n" + deployer.events()).doesNotContain(forbidden);
        assertThat(commandLines).isNotEmpty().noneMatch(line -> forbidden.stream().anyMatch(line::contains));
        try (Stream<Path> files = Files.walk(shop.state())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().endsWith(".env")) {
                    assertThat(Files.getPosixFilePermissions(file)).as(file.toString()).hasSize(2);
                } else {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString())
                            .doesNotContain(forbidden);
                }
            }
        }
    }

    @Test
    void valuesOfAPlanAreNeverShell() throws Exception {
        Path trap = shop.host().home().resolve("trap");
        String touch = "'; touch " + trap + "; echo ' $(touch " + trap + ") `touch " + trap + "` \\\"";
        Path state = Files.createDirectory(
                shop.host().home().resolve("state of $(touch trap) `id` 'quoted' & more; #"));
        shop.pushWorking();
        String plan = shop.host().plan(List.of("backend"))
                .replace("state: " + shop.host().state(), "state: \"" + state + "\"")
                .replace("text: UP", "text: UP, log: \"" + touch.replace("(", "[(]").replace(")", "[)]") + "\"")
                .replace("host: {", "shared: [\"up'loads $(touch trap)\"]\nhost: {");

        Outcome outcome = new Deployer(plan + Deployer.QUICK).canaryAuto();

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(state.resolve(shop.host().app()).resolve("current.json")).exists();
        assertThat(shop.directory(SlotName.CANARY).resolve("up'loads $(touch trap)")).isSymbolicLink();
        for (Path place : List.of(shop.host().home(), shop.directory(SlotName.CANARY), shop.host().directory(),
                Path.of(System.getProperty("user.home")))) {
            assertThat(place.resolve("trap")).doesNotExist();
        }
        shop.reset();
    }

    @Test
    void refusesPlanValuesThatCouldBeOptionsOrSeveralLines() {
        String plan = shop.host().plan(List.of("backend"));
        for (String[] change : new String[][] {{"branch: develop", "branch: '--upload-pack=touch x'"},
                {"branch: develop", "branch: \"a\\nb\""},
                {"state: " + shop.host().state(), "state: \"/a\\nb\""},
                {"url: " + shop.host().remote(), "url: '--upload-pack=touch'"},
                {"user: root", "user: '-oProxyCommand=touch'"}}) {
            assertThatThrownBy(() -> PlanReader.read("canary.yml", plan.replace(change[0], change[1])))
                    .as(change[1]).isInstanceOf(PlanException.class);
        }
    }

    @Test
    void aValueOfTheStableSlotsOwnEnvFileIsMaskedFromTheFirstLine() throws Exception {
        shop.host().makeUnhealthy(SlotName.STABLE, "backend");
        shop.host().docker("exec", shop.host().container(SlotName.STABLE, "backend"), "sh", "-c", "env >/proc/1/fd/1");
        Deployer deployer = shop.deployer();
        try {
            Outcome outcome = deployer.canaryAuto();

            assertThat(outcome.end()).isEqualTo(End.REFUSED);
            assertThat(outcome.message()).contains("DB_PASSWORD=****", "API_KEY=****");
            assertThat(outcome + "\n" + deployer.events()).doesNotContain(shop.host().secrets().values());
            assertThat(deployer.events()).anyMatch(event -> event.type() == Type.OUTCOME);
        } finally {
            shop.host().makeHealthy(SlotName.STABLE, "backend");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@code ps} would show, until this thread is interrupted. */
    private static void collectCommandLines(Set<String> lines) {
        while (!Thread.currentThread().isInterrupted()) {
            try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
                for (Path process : processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
                    try {
                        lines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                    } catch (IOException ended) {
                        // It is gone, or this user may not look at it.
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
