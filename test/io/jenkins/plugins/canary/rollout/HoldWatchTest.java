package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.commands.ClaimFile;
import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A canary that is watched while it is held, and what others may do meanwhile. */
class HoldWatchTest {

    private static final String WATCHED = Deployer.QUICK + "hold: {watch: 10m}\n";

    private static final Predicate<Event> WATCHING = event -> event.message().contains("held and watched for 10 min");
    private static final Predicate<Event> LOOKED = event -> event.message().startsWith("watched for ");

    @RegisterExtension
    static final Shop shop = new Shop();

    @Test
    void isRolledBackWhenItFallsIllAlsoAfterAReleaseThatWasRefused() throws Exception {
        String stable = shop.release(SlotName.STABLE);
        shop.pushWorking();
        List<Outcome> others = new ArrayList<>();
        Deployer deployer = shop.deployer(WATCHED);
        deployer.at(WATCHING, () -> {
            push();
            others.add(shop.deployer(Deployer.QUICK.replace("drain: 5s", "onNewRelease: refuse")).canaryAuto());
            others.add(shop.deployer().run(Rollout::status));
        });
        deployer.at(LOOKED, () -> {
            others.add(shop.deployer().run(Rollout::status));
            makeUnhealthy();
        });

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome).as(outcome.message()).returns(End.ROLLED_BACK, Outcome::end)
                .returns(State.ROLLED_BACK, Outcome::state);
        assertThat(outcome.message()).contains("backend (canary)", "status 503");
        assertThat(others).extracting(Outcome::end).containsExactly(End.REFUSED, End.DONE, End.DONE);
        assertThat(others.get(2).message()).contains("HOLDING", "watched: canary-auto by a test since ");
        assertThat(shop.served()).containsExactly(stable);
        assertThat(shop.state().resolve("watch")).doesNotExist();
        assertThat(shop.deployer().run(Rollout::status).message()).contains("ROLLED_BACK").doesNotContain("watche");
    }

    @Test
    void givesWayToAnotherRollout() throws Exception {
        shop.pushWorking();
        List<Outcome> others = new ArrayList<>();
        Deployer deployer = shop.deployer(WATCHED);
        deployer.at(WATCHING, () ->
                others.add(shop.deployer().run(rollout -> rollout.setWeights(Map.of("backend", 20.0)))));

        Outcome outcome = deployer.canaryAuto();

        assertThat(others.get(0).end()).as(others.get(0).message()).isEqualTo(End.DONE);
        assertThat(outcome).as(outcome.message()).returns(End.DONE, Outcome::end)
                .returns(State.HOLDING, Outcome::state);
        assertThat(outcome.message()).contains("because of another rollout: weights by a test");
        assertThat(Files.readString(shop.host().nginxConf())).contains("weight=200");
        shop.deployer().run(rollout -> rollout.rollback(false));
    }

    @Test
    void staysHeldWhenItsWatcherIsStoppedOrKilled() throws Exception {
        shop.pushWorking();
        Deployer deployer = shop.deployer(WATCHED);
        deployer.at(WATCHING, deployer::abort);

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome).as(outcome.message()).returns(End.DONE, Outcome::end)
                .returns(State.HOLDING, Outcome::state);
        assertThat(outcome.message()).contains("stopped on request", "holds at 50.0 %", "Nobody watches it");
        assertThat(shop.served()).hasSize(2);
        try (LocalHost host = new LocalHost("here", false)) {
            host.require("leave what a killed watcher leaves", ClaimFile.renew(shop.state().toString(), Duration.ZERO,
                    new LeaseFacts("someone", "canary-auto", "", "now").json()));
        }
        Outcome status = deployer.run(Rollout::status);
        assertThat(status.end()).as(status.message()).isEqualTo(End.DONE);
        assertThat(status.message()).contains("HOLDING", "nobody watches it");
    }

    private static void push() {
        try {
            shop.pushWorking();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeUnhealthy() {
        try {
            shop.host().makeUnhealthy(SlotName.CANARY, "backend");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
