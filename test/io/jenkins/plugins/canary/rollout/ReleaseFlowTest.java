package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kinds of rollout as their users see them, and a person's wish to stop them. */
class ReleaseFlowTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    @Test
    void noUserNoticesAReleaseASupersedingOneAStableOneOrARollback() throws Exception {
        shop.pushWorking();
        try (Traffic users = Traffic.start(shop.host())) {
            assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
            shop.pushWorking();
            assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
            assertThat(shop.deployer().run(rollout -> rollout.rollback(false)).end()).isEqualTo(End.DONE);
            String stable = shop.pushWorking();
            Outcome outcome = shop.deployer().stable();
            assertThat(outcome).as(outcome.message()).returns(End.DONE, Outcome::end)
                    .returns(State.SUCCEEDED, Outcome::state);
            assertThat(users.report().failures()).isEmpty();
            assertThat(shop.served()).containsExactly(stable);
        }
    }

    @Test
    void restartsNothingForACommitThatIsAlreadyThere() throws Exception {
        shop.pushWorking();
        Deployer deployer = shop.deployer();
        Outcome held = deployer.canaryAuto();
        String canary = shop.host().container(SlotName.CANARY, "backend");

        Outcome again = deployer.canaryAuto();

        assertThat(again).as(again.message()).returns(End.DONE, Outcome::end).returns(State.HOLDING, Outcome::state)
                .returns(held.commit(), Outcome::commit);
        assertThat(again.message()).contains("already there: canary", "holds at 50.0 %");
        Outcome more = deployer.canaryManual(Map.of("backend", 80.0));
        assertThat(more.services().get("backend").weights().share()).as(more.message()).isEqualTo(80);
        assertThat(shop.host().container(SlotName.CANARY, "backend")).isEqualTo(canary);
        assertThat(deployer.run(Rollout::promote).end()).isEqualTo(End.DONE);
        String stable = shop.host().container(SlotName.STABLE, "backend");
        for (Outcome outcome : List.of(deployer.stable(), deployer.canaryAuto())) {
            assertThat(outcome).as(outcome.message()).returns(End.DONE, Outcome::end)
                    .returns(State.SUCCEEDED, Outcome::state);
            assertThat(outcome.message()).contains("already there:", "is the stable release");
        }
        assertThat(shop.host().container(SlotName.STABLE, "backend")).isEqualTo(stable);
        assertThat(shop.host().container(SlotName.CANARY, "backend")).isEqualTo(canary);
    }

    @Test
    void aCommitWithAnotherEnvIsANewRelease() throws Exception {
        shop.pushWorking();
        Deployer deployer = shop.deployer();
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);
        String canary = shop.host().container(SlotName.CANARY, "backend");

        Outcome outcome = deployer.deploy(DeployType.CANARY_AUTO, Map.of(),
                Optional.of(EnvText.parse("LOG_LEVEL=another\n".getBytes(StandardCharsets.UTF_8))));

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(outcome.message()).doesNotContain("already there");
        assertThat(shop.host().container(SlotName.CANARY, "backend")).isNotEqualTo(canary);
        assertThat(shop.environment(SlotName.CANARY)).contains("LOG_LEVEL=another");
    }

    @Test
    void removesOldImagesAfterASuccessAndNeverOneInUse() throws Exception {
        ProductionHost host = shop.host();
        String container = host.container(SlotName.STABLE, "backend");
        String name = host.app() + "-backend:";
        host.docker("commit", container, name + "old");
        host.docker("commit", "--message", "another", container, name + "used");
        // Else Compose takes it for the service's own container: the image has the labels of the one it was made from.
        host.docker("create", "--name", host.app() + "-debug", "--label", "com.docker.compose.project=none",
                name + "used");
        shop.pushWorking();

        Outcome outcome = shop.deployer().stable();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
        assertThat(shop.imagesOfBackend()).doesNotContain("old").contains("used", outcome.commit().orElseThrow());
        assertThat(shop.imagesOfBackend().size()).isLessThanOrEqualTo(1 + 3);
        host.docker("rm", host.app() + "-debug");
    }

    @Test
    void goesBackGradually() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.pushWorking();
        Deployer deployer = shop.deployer(Deployer.QUICK.replace("[50]", "[20, 50]"));
        assertThat(deployer.canaryAuto().state()).isEqualTo(State.HOLDING);

        Outcome outcome = deployer.run(rollout -> rollout.rollback(true));

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
        assertThat(deployer.events().stream().filter(event -> event.type() == Type.SHARE)
                .map(event -> event.facts().get("shares"))).containsExactly(
                        Map.of("backend", 20.0), Map.of("backend", 0.0));
        assertThat(shop.served()).containsExactly(stable);
    }

    @Test
    void refusesANewReleaseOverAHeldOneWhereThePlanSaysSo() throws Exception {
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        shop.pushWorking();
        Shop.Snapshot before = shop.snapshot();

        Outcome outcome = shop.deployer(Deployer.QUICK.replace("drain: 5s", "onNewRelease: refuse")).canaryAuto();

        assertThat(outcome.end()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains("a canary is held", "canary promote", "canary rollback");
        assertThat(shop.snapshot()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(value = State.class, names = {"VALIDATING", "PREPARING"})
    void aStopBeforeAnythingChangedLeavesAHeldCanaryAlone(State state) throws Exception {
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        shop.pushWorking();
        Shop.Snapshot before = shop.snapshot();
        Deployer deployer = shop.deployer();
        deployer.at(entering(state), deployer::abort);

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome).as(outcome.message()).returns(End.REFUSED, Outcome::end)
                .returns(State.REFUSED, Outcome::state);
        assertThat(outcome.message()).contains("stopped on request; nothing was changed");
        assertThat(shop.snapshot()).isEqualTo(before);
        assertThat(shop.served()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(value = State.class, names = {"DEPLOYING", "SHIFTING"})
    void aStoppedReleaseIsRolledBack(State state) throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.pushWorking();
        Deployer deployer = shop.deployer();
        deployer.at(entering(state), deployer::abort);

        Outcome outcome = deployer.canaryAuto();

        assertRolledBack(outcome, stable);
    }

    @Test
    void aStoppedPromotionIsRolledBack() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        Deployer deployer = shop.deployer();
        deployer.at(entering(State.PROMOTING), deployer::abort);

        assertRolledBack(deployer.run(Rollout::promote), stable);
    }

    @Test
    void aPromotionStoppedAfterTheStableSlotWasReplacedGivesItItsReleaseBack() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        Deployer deployer = shop.deployer();
        deployer.at(event -> event.message().contains("in project " + shop.host().project(SlotName.STABLE)),
                deployer::abort);

        assertRolledBack(deployer.run(Rollout::promote), stable);
    }

    private static Predicate<Event> entering(State state) {
        return event -> event.type() == Type.STATE && event.state() == state;
    }

    private static void assertRolledBack(Outcome outcome, String stable) throws IOException {
        assertThat(outcome).as(outcome.message()).returns(End.ROLLED_BACK, Outcome::end)
                .returns(State.ROLLED_BACK, Outcome::state);
        assertThat(outcome.message()).contains("rolled back", "stopped on request");
        assertThat(outcome.services().get("backend").weights().canary()).isZero();
        assertThat(shop.release(SlotName.STABLE)).isEqualTo(stable);
        assertThat(shop.served()).containsExactly(stable);
    }
}
