package io.jenkins.plugins.canary.rollout;

import static io.jenkins.plugins.canary.rollout.Shop.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a canary: promoted, finished later, taken back. */
class PromotionTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    private static Deployer deployer;

    @BeforeAll
    static void start() throws IOException {
        deployer = shop.deployer();
    }

    @Test
    void promotesAHeldCanaryAndTakesItBackWithItsEnvironmentAndWithoutABuildOrTheRemote() throws Exception {
        String before = shop.release(SlotName.STABLE);
        String imageBefore = image(SlotName.STABLE);
        String envBefore = Files.readString(shop.directory(SlotName.STABLE).resolve(".env"));
        Path data = Files.writeString(Files.createDirectories(shop.directory(SlotName.STABLE).resolve("data"))
                .resolve("table"), "rows\n");
        Object inode = Files.getAttribute(data, "unix:ino");
        String next = shop.newName();
        String commit = shop.host().pushRelease(Release.working(next));
        try (Traffic users = Traffic.start(shop.host()); InputStream open = Files.newInputStream(data)) {
            Outcome held = deployer.deploy(DeployType.CANARY_AUTO, Map.of(), Optional.of(
                    EnvText.parse("GREETING=hello again\n".getBytes(StandardCharsets.UTF_8))));
            assertThat(held.state()).as(held.message()).isEqualTo(State.HOLDING);

            Outcome promoted = deployer.run(Rollout::promote);

            assertThat(promoted).as(promoted.message()).returns(End.DONE, Outcome::end)
                    .returns(State.SUCCEEDED, Outcome::state).returns(0, Outcome::cut);
            assertThat(open.readAllBytes()).asString().isEqualTo("rows\n");
            assertThat(failuresOf(users)).isEmpty();
        }
        assertThat(Files.getAttribute(data, "unix:ino")).isEqualTo(inode);
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(next);
        assertThat(shop.environment(SlotName.STABLE)).contains("GREETING=hello again\n", "CANARY_SLOT=stable\n",
                "CANARY_RELEASE=" + commit + "\n", "TZ=Asia/Seoul\n");
        assertThat(shop.directory(SlotName.STABLE).resolve(".env")).hasContent("GREETING=hello again\nTZ=Asia/Seoul");
        assertThat(shop.served()).containsExactly(next);
        Path away = shop.host().remote().resolveSibling("away.git");
        Files.move(shop.host().remote(), away);
        try (Traffic users = Traffic.start(shop.host())) {
            Outcome back = deployer.run(rollout -> rollout.rollback(false));

            assertThat(back).as(back.message()).returns(End.DONE, Outcome::end)
                    .returns(State.ROLLED_BACK, Outcome::state);
            assertThat(failuresOf(users)).isEmpty();
        } finally {
            Files.move(away, shop.host().remote());
        }
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(before);
        assertThat(image(SlotName.STABLE)).isEqualTo(imageBefore);
        assertThat(shop.directory(SlotName.STABLE).resolve(".env")).content().isEqualTo(envBefore);
        assertThat(shop.served()).containsExactly(before);
    }

    @Test
    void aCanaryThatWasRolledBackAndGetsASharePromotesAsTheReleaseThatItIs() throws Exception {
        String held = shop.newName();
        String commit = shop.host().pushRelease(Release.working(held));
        assertThat(deployer.deploy(DeployType.CANARY_AUTO, Map.of(), Optional.of(
                EnvText.parse("GREETING=held\n".getBytes(StandardCharsets.UTF_8)))).state()).isEqualTo(State.HOLDING);
        assertThat(deployer.run(rollout -> rollout.rollback(false)).state()).isEqualTo(State.ROLLED_BACK);
        // A release that fails during its soak leaves its slot so: what runs is not what is checked out any more.
        shop.git(shop.directory(SlotName.CANARY), "checkout", "--quiet", "HEAD~1");

        Outcome shared = deployer.run(rollout -> rollout.setWeights(Map.of("backend", 20.0)));
        assertThat(shared.state()).as(shared.message()).isEqualTo(State.HOLDING);
        Outcome promoted = deployer.run(Rollout::promote);

        assertThat(promoted.state()).as(promoted.message()).isEqualTo(State.SUCCEEDED);
        assertThat(promoted.commit()).contains(commit);
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(held);
        assertThat(shop.environment(SlotName.STABLE)).contains("GREETING=held\n", "CANARY_RELEASE=" + commit + "\n");
        assertThat(shop.served()).containsExactly(held);
    }

    @Test
    void aChangeOfTheStableEnvFileByHandReachesTheNextRelease() throws Exception {
        shop.pushWorking();
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);
        Path env = shop.directory(SlotName.STABLE).resolve(".env");
        Files.writeString(env, Files.readString(env) + "ADDED_BY_HAND=yes\n");

        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

        assertThat(shop.environment(SlotName.CANARY)).contains("ADDED_BY_HAND=yes\n");
    }

    @Test
    void refusesToPromoteWhereThereIsNoCanary() throws Exception {
        Shop.Snapshot before = shop.snapshot();

        Outcome outcome = deployer.run(Rollout::promote);

        assertThat(outcome.end()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains("no canary to promote", "canary-auto starts one");
        assertThat(shop.snapshot()).isEqualTo(before);
    }

    @Test
    void refusesToPromoteACanaryThatIsUnhealthyAndMasksItsLog() throws Exception {
        String held = shop.pushWorking();
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);
        shop.host().makeUnhealthy(SlotName.CANARY, "backend");
        shop.host().docker("exec", shop.host().container(SlotName.CANARY, "backend"), "sh", "-c",
                "echo password is $DB_PASSWORD. >/proc/1/fd/1");
        Shop.Snapshot before = shop.snapshot();

        Outcome outcome = deployer.run(Rollout::promote);

        assertThat(outcome.end()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains("can't be promoted", "status 503", "canary rollback",
                "password is ****.");
        assertThat(outcome.message() + deployer.log()).doesNotContain(shop.host().secrets().values());
        assertThat(shop.snapshot()).isEqualTo(before);
        assertThat(shop.served()).hasSize(2).contains(held);
    }

    @Test
    void anUnfinishedPromotionRefusesTheNextReleaseUntilItIsFinished() throws Exception {
        String name = shop.pushWorking();
        Deployer unfinished = shop.deployer(Deployer.QUICK.replace("soak: 100ms", "soak: 100ms, finalize: false"));
        assertThat(unfinished.canaryAuto().state()).isEqualTo(State.HOLDING);
        String stable = shop.release(SlotName.STABLE);
        Outcome stopped = unfinished.run(Rollout::promote);
        assertThat(stopped.end()).as(stopped.message()).isEqualTo(End.DONE);
        assertThat(stopped.services().get("backend").weights().share()).isGreaterThanOrEqualTo(99);
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(stable);
        shop.pushWorking();

        Outcome refused = unfinished.canaryAuto();

        assertThat(refused.end()).isEqualTo(End.REFUSED);
        assertThat(refused.message()).contains("promote.finalize: true", "canary promote");
        Outcome finished = deployer.run(Rollout::promote);
        assertThat(finished.end()).as(finished.message()).isEqualTo(End.DONE);
        assertThat(shop.served()).containsExactly(name);
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(name);
    }

    @Test
    void aReleaseThatBreaksInTheStableSlotGivesItsPlaceBack() throws Exception {
        String before = shop.release(SlotName.STABLE);
        String commitBefore = shop.git(shop.directory(SlotName.STABLE), "rev-parse", "HEAD");
        shop.push(Release.working(shop.newName()), Map.of(file(SlotName.STABLE),
                shop.compose(SlotName.STABLE) + "    entrypoint: [/bin/sh, -c, 'echo no config; exit 3']\n"));
        try (Traffic users = Traffic.start(shop.host())) {
            assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

            Outcome outcome = deployer.run(Rollout::promote);

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
            assertThat(outcome.message()).contains("ended with exit code 3", "no config");
            assertThat(failuresOf(users)).isEmpty();
        }
        assertThat(shop.served()).containsExactly(before);
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(before);
        assertThat(shop.git(shop.directory(SlotName.STABLE), "rev-parse", "HEAD")).isEqualTo(commitBefore);
    }

    @Test
    void aStableComposeFileThatIsBrokenEndsThePromotionBeforeContainersChange() throws Exception {
        String before = shop.release(SlotName.STABLE);
        String container = shop.host().container(SlotName.STABLE, "backend");
        shop.push(Release.working(shop.newName()), Map.of(file(SlotName.STABLE), "services: {backend: {wrong: 1}}\n"));
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

        Outcome outcome = deployer.run(Rollout::promote);

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).contains("Compose does not accept", file(SlotName.STABLE));
        assertThat(shop.served()).containsExactly(before);
        assertThat(shop.host().container(SlotName.STABLE, "backend")).isEqualTo(container);
    }

    @Test
    void stopsTheIdleSlotWhereThePlanSaysSo() throws Exception {
        Deployer stopping = shop.deployer(Deployer.QUICK + "idleSlot: stop\n");
        String name = shop.pushWorking();
        assertThat(stopping.canaryAuto().state()).isEqualTo(State.HOLDING);

        Outcome outcome = stopping.run(Rollout::promote);

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
        assertThat(outcome.services().get("backend").weights().canary()).isZero();
        assertThat(shop.host().containers(SlotName.CANARY)).isEmpty();
        assertThat(shop.served()).containsExactly(name);
    }

    private static java.util.List<String> failuresOf(Traffic users) throws InterruptedException {
        users.next(20);
        return users.report().failures();
    }

    private static String image(SlotName slot) throws IOException {
        return shop.host().docker("inspect", "--format", "{{.Image}}", shop.host().container(slot, "backend"));
    }
}
