package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services that do not work, or not any more, and what users notice of it. */
class HealthFaultTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    @AfterEach
    void heal() throws IOException {
        shop.host().makeHealthy(SlotName.STABLE, "backend");
    }

    @Test
    void aCanaryThatFallsIllInTheMiddleOfASoakIsRolledBack() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", Behaviour.FALLS_ILL_UNDER_TRAFFIC));
        try (Traffic users = Traffic.start(shop.host())) {
            Outcome outcome = shop.deployer(Deployer.QUICK.replace("soak: 200ms", "soak: 30s")).canaryAuto();

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
            assertThat(outcome.message()).contains("backend (canary)", "status 503", "\"DOWN");
            assertThat(outcome.services().get("backend").weights().canary()).isZero();
            assertThat(users.report().failures()).isEmpty();
        }
        assertThat(shop.served()).containsExactly(stable);
    }

    @Test
    void trafficIsFrozenWhereBothSlotsAreUnhealthyUntilTheStableOneWorks() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        String canary = shop.pushWorking();
        Deployer deployer = shop.deployer(Deployer.QUICK.replace("soak: 200ms", "soak: 30s"));
        deployer.at(event -> event.type() == Type.SHARE, () -> {
            try {
                shop.host().makeUnhealthy(SlotName.CANARY, "backend");
                shop.host().makeUnhealthy(SlotName.STABLE, "backend");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        Outcome frozen = deployer.canaryAuto();

        assertThat(frozen).as(frozen.message()).returns(End.PERSON_MUST_LOOK, Outcome::end)
                .returns(State.FAILED, Outcome::state);
        assertThat(frozen.message()).contains("traffic was left as it is", "backend (stable)", "canary rollback");
        assertThat(shop.served()).containsExactlyInAnyOrder(stable, canary);
        Outcome stillFrozen = deployer.run(rollout -> rollout.rollback(false));
        assertThat(stillFrozen.end()).as(stillFrozen.message()).isEqualTo(End.PERSON_MUST_LOOK);
        assertThat(shop.served()).containsExactlyInAnyOrder(stable, canary);
        shop.host().makeHealthy(SlotName.STABLE, "backend");
        Outcome back = deployer.run(rollout -> rollout.rollback(false));
        assertThat(back.end()).as(back.message()).isEqualTo(End.DONE);
        assertThat(shop.served()).containsExactly(stable);
    }

    @Test
    void refusesACanaryBesideAStableSlotThatDoesNotWork() throws Exception {
        shop.pushWorking();
        shop.host().makeUnhealthy(SlotName.STABLE, "backend");
        Shop.Snapshot before = shop.snapshot();

        Outcome outcome = shop.deployer().canaryAuto();

        assertThat(outcome.end()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains("the stable slot does not work", "status 503", "type `stable`");
        assertThat(shop.snapshot()).isEqualTo(before);
    }

    @Test
    void aStableReleaseRepairsAStableSlotThatDoesNotWork() throws Exception {
        String name = shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        assertThat(shop.deployer().run(Rollout::promote).end()).isEqualTo(End.DONE);
        assertThat(shop.served()).containsExactly(name);
        shop.host().makeUnhealthy(SlotName.STABLE, "backend");
        String repaired = shop.pushWorking();

        Outcome outcome = shop.deployer().stable();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
        assertThat(shop.served()).containsExactly(repaired);
    }

    @Test
    void waitsForASlowStartAndFailsWhenItTakesTooLong() throws Exception {
        Behaviour slow = new Behaviour("echo starting\nsleep 5\nexec httpd -f -p 8080 -h /www\n", "");
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", slow));
        Outcome patient = shop.deployer().canaryAuto();
        shop.host().pushRelease(Release.working(shop.newName()).with("backend", slow));
        Outcome impatient = new Deployer(shop.host().plan(List.of("backend"))
                .replace("text: UP", "text: UP, startup: 0s, timeout: 300ms") + Deployer.QUICK).canaryAuto();

        assertThat(patient.state()).as(patient.message()).isEqualTo(State.HOLDING);
        assertThat(impatient.end()).as(impatient.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(impatient.message()).contains("no answer", "in 3 tries", "  starting");
    }

    @Test
    void namesTheWrongTextAndTheWrongStatus() throws Exception {
        String plan = shop.host().plan(List.of("backend")) + Deployer.QUICK;

        Outcome text = new Deployer(plan.replace("text: UP", "text: 'READY; $(touch x)'")).canaryAuto();
        Outcome status = new Deployer(plan.replace("text: UP", "status: 204")).canaryAuto();

        assertThat(text.end()).isEqualTo(End.REFUSED);
        assertThat(text.message()).contains("gave status 200 \"UP ", "instead of 200 with \"READY; $(touch x)\"");
        assertThat(status.message()).contains("instead of 204");
    }

    @Test
    void aLogLineSpeaksForAServiceThatDoesNotAnswerButNotForItsUsers() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.host().pushRelease(Release.working(shop.newName())
                .with("backend", new Behaviour("echo 'Started shop in 2 s'\nexec sleep 1000\n", "")));
        Deployer deployer = new Deployer(shop.host().plan(List.of("backend"))
                .replace("text: UP", "text: UP, startup: 0s, log: 'Started .* in'") + Deployer.QUICK);

        Outcome outcome = deployer.canaryAuto();

        assertThat(deployer.log()).contains("healthy: [backend] (canary)");
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(shop.served()).containsExactly(stable);
    }

    @Test
    void asksOnTheHostWhereSshForbidsForwarding() throws Exception {
        String docker = System.getenv("DOCKER_HOST");
        try (TestSshd sshd = TestSshd.start(Files.createDirectory(shop.host().home().resolve("strict-sshd")),
                "AllowTcpForwarding no", docker == null ? "# none" : "SetEnv DOCKER_HOST=" + docker)) {
            String host = "port: %d, user: %s, key: %s, knownHosts: %s}";
            String plan = shop.host().plan(List.of("backend")).replace(
                    host.formatted(shop.host().sshd().port(), TestSshd.USER, shop.host().sshd().key(),
                            shop.host().sshd().knownHosts()),
                    host.formatted(sshd.port(), TestSshd.USER, sshd.key(), sshd.knownHosts()));
            assertThat(plan).contains("port: " + sshd.port());
            shop.pushWorking();

            Outcome outcome = new Deployer(plan + Deployer.QUICK).canaryAuto();

            assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        }
    }
}
