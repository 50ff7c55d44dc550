package io.jenkins.plugins.canary.rollout;

import static io.jenkins.plugins.canary.rollout.Shop.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Compose must not do in a slot, and how containers that do not start end a rollout. */
class ComposeSafetyTest {

    private static final String PYTHON = "  python: {build: {context: ., dockerfile: python/Dockerfile}}\n";

    @RegisterExtension
    static final Shop shop = new Shop();

    private static Deployer deployer;

    @BeforeAll
    static void start() throws IOException {
        deployer = shop.deployer();
        shop.pushWorking();
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);
    }

    @Test
    void refusesAFileThatComposeDoesNotRead() throws Exception {
        refuses("services: {backend: {no-such-key: 1}}\n",
                "Compose does not accept", file(SlotName.CANARY), "no-such-key");
    }

    @Test
    void refusesAServiceThatTheFileLacks() throws Exception {
        refuses("services: {backend2: {image: none}}\n", "it has no service backend (it has [backend2])");
    }

    @Test
    void refusesANewVolumeAndSaysHowToNameTheOneWithTheData() throws Exception {
        String volume = shop.host().project(SlotName.CANARY) + "_data";

        refuses(shop.compose(SlotName.CANARY) + "    volumes: ['data:/data']\nvolumes: {data: {}}\n",
                "new, empty volume " + volume, "external: true", "docker volume create " + volume);

        assertThat(shop.host().docker("volume", "ls", "-q")).doesNotContain(volume);
    }

    @Test
    void acceptsAnExternalVolume() throws Exception {
        String volume = shop.host().app() + "-data";
        shop.host().docker("volume", "create", volume);
        push(shop.compose(SlotName.CANARY) + "    volumes: ['data:/data']\nvolumes: {data: {external: true, name: "
                + volume + "}}\n");

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(shop.host().docker("inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}",
                shop.host().container(SlotName.CANARY, "backend"))).isEqualTo(volume);
    }

    @Test
    void refusesToJoinAServiceThatIsNotInThePlan() throws Exception {
        String file = shop.compose(SlotName.CANARY).replaceAll("(?m)^    ports.*\n", "")
                + "    network_mode: 'service:python'\n" + PYTHON;

        refuses(file, "service backend can't start without python", "not in the plan");
    }

    @Test
    void refusesToBeCutOffFromWhatItDependsOn() throws Exception {
        String stable = shop.host().project(SlotName.STABLE) + "_default";

        refuses(shop.compose(SlotName.CANARY) + "    depends_on: [python]\n" + PYTHON,
                "service backend depends on python but shares no network with it",
                shop.host().project(SlotName.CANARY) + "_default", stable, "`external` network");
    }

    @Test
    void refusesADependencyThatDoesNotRun() throws Exception {
        refuses(shop.compose(SlotName.CANARY) + "    depends_on: [database]\n  database: {image: none}\n",
                "service backend depends on database, which does not run here", "up -d database");
    }

    @Test
    void reachesADependencyByItsNetworkAndStartsNoSecondOne() throws Exception {
        push(shop.compose(SlotName.CANARY) + """
                    depends_on: [python]
                    networks: [shop]
                  python: {build: {context: ., dockerfile: python/Dockerfile}, networks: [shop]}
                networks: {shop: {external: true, name: %s_default}}
                \
                """.formatted(shop.host().project(SlotName.STABLE)));

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(shop.host().containers(SlotName.CANARY)).singleElement().asString().contains("backend");
    }

    @Test
    void aHeldCanaryGoesOnServingWhenTheNextReleaseIsRefused() throws Exception {
        String held = shop.pushWorking();
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

        refuses("services: {backend: {no-such-key: 1}}\n", "Compose does not accept");

        assertThat(shop.served()).hasSize(2).contains(held);
        Outcome promotion = deployer.run(Rollout::promote);
        assertThat(promotion.end()).as(promotion.message()).isEqualTo(End.DONE);
        assertThat(shop.served()).containsExactly(held);
    }

    @Test
    void aBuildThatFailsIsRolledBackWithTheEndOfItsOutput() throws Exception {
        Shop.Snapshot before = shop.snapshot();
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", Behaviour.DOES_NOT_BUILD));

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).contains("start the canary containers", "no/such/file");
        assertEverythingIsBack(outcome, before);
    }

    @Test
    void aContainerThatExitsAtOnceIsRolledBackWithItsLastLines() throws Exception {
        Shop.Snapshot before = shop.snapshot();
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", Behaviour.EXITS_AT_ONCE));

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).contains("ended with exit code 1", "cannot start: no database");
        assertEverythingIsBack(outcome, before);
    }

    @Test
    void containersKnowTheirSlotAndReleaseAndImagesAreNamedByCommit() throws Exception {
        String commit = shop.host().pushRelease(Release.working(shop.newName()));

        assertThat(deployer.canaryAuto().commit()).contains(commit);

        assertThat(shop.environment(SlotName.CANARY)).contains(
                "CANARY_SLOT=canary\n", "CANARY_RELEASE=" + commit + "\n");
        assertThat(shop.host().docker("inspect", "--format", "{{.Config.Image}}",
                shop.host().container(SlotName.CANARY, "backend"))).isEqualTo(shop.host().app() + "-backend:" + commit);
    }

    @Test
    void warnsOfAContainerThatRunsInAnotherTimeZone() throws Exception {
        push(shop.compose(SlotName.CANARY).replace("    env_file: .env\n", "") + "    environment: {TZ: UTC}\n");

        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

        assertThat(deployer.log()).contains("with TZ=UTC instead of the plan's", "env_file: .env");
    }

    /** All but an idle canary's least share: the failed one in its place gets none. */
    private static void assertEverythingIsBack(Outcome outcome, Shop.Snapshot before) throws Exception {
        assertThat(shop.snapshot()).usingRecursiveComparison().ignoringFields("docker", "nginx").isEqualTo(before);
        assertThat(outcome.services().get("backend").weights()).isEqualTo(new Weights(0, 1000));
        assertThat(shop.served()).hasSize(1);
    }

    private static void push(String canaryFile) throws Exception {
        shop.push(Release.working(shop.newName()), Map.of(file(SlotName.CANARY), canaryFile));
    }

    private static void refuses(String canaryFile, String... saying) throws Exception {
        push(canaryFile);
        Shop.Snapshot before = shop.snapshot();

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains(saying);
        assertThat(shop.snapshot()).isEqualTo(before);
    }
}
