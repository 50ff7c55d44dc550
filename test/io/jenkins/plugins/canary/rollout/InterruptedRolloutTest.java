package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.rollout.Aftermath.Served;
import io.jenkins.plugins.canary.rollout.Fate.Deed;
import io.jenkins.plugins.canary.rollout.Fate.Moment;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A deployer that is killed right before or right after any line of its journal leaves what NGINX can start with and
 * what {@code resume} finishes.
 *
 * <p>A run takes every {@value #TURNS}th of all places, always the same ones, so that what fails fails because of a
 * change; {@code -Dfaults=all} takes all of them, {@code -Dfaults=2} those of turn 2, {@code -Dfaults=ROLLBACK} all of
 * one scene.
 */
final class InterruptedRolloutTest {

    private static final int TURNS = 6;
    private static final String FAULTS = System.getProperty("faults", "4");

    private static ProductionHost host;
    private static Path plan;
    private static Aftermath aftermath;
    private static Deployer deployer;
    private static Traffic traffic;
    private static DeployerProcess next;
    private static String newest = "1";

    /** What is interrupted: what there must be before, and what there is when it was finished after all. */
    private enum Scene {
        CANARY(Operation.CANARY_AUTO) {
            @Override
            void prepare() throws IOException {
                leaveCanary();
                push();
            }

            @Override
            Served finished(Served before) {
                return new Served(Weights.ofShare(60), before.stable(), newest);
            }
        },
        PROMOTION(Operation.PROMOTE) {
            @Override
            void prepare() throws IOException {
                hold();
            }

            @Override
            Served finished(Served before) {
                return new Served(Weights.MINIMUM, before.canary(), before.canary());
            }
        },
        ROLLBACK(Operation.ROLLBACK) {
            @Override
            void prepare() throws IOException {
                hold();
            }

            @Override
            Served finished(Served before) {
                return new Served(new Weights(0, 1000), before.stable(), "");
            }
        },
        ROLLBACK_AFTER_PROMOTION(Operation.ROLLBACK) {
            @Override
            void prepare() throws IOException {
                leaveCanary();
                if (aftermath.memory().kept().isEmpty()) {
                    hold();
                    done(Operation.PROMOTE);
                }
            }

            @Override
            Served finished(Served before) {
                // The release that is not kept any more, as it runs now.
                String previous = aftermath.name(aftermath.memory().stable().orElseThrow());
                assertThat(previous).isNotEqualTo(before.stable());
                return new Served(Weights.MINIMUM, previous, previous);
            }
        };

        final Operation operation;

        Scene(Operation operation) {
            this.operation = operation;
        }

        abstract void prepare() throws IOException;

        /** @param before what was served before */
        abstract Served finished(Served before);
    }

    /** So that what one scene ends with is mostly what the next one begins with. */
    private static final List<Scene> ORDER =
            List.of(Scene.CANARY, Scene.PROMOTION, Scene.ROLLBACK_AFTER_PROMOTION, Scene.CANARY, Scene.ROLLBACK);

    @BeforeAll
    static void start() throws IOException {
        host = ProductionHost.start();
        String text = host.plan(List.of("backend")) + Deployer.TWO_STEPS;
        plan = Files.writeString(host.home().resolve("interrupted.yml"), text);
        aftermath = new Aftermath(host, text);
        deployer = new Deployer(text);
        traffic = Traffic.start(host);
    }

    @AfterAll
    static void end() throws IOException {
        if (next != null) {
            next.close();
        }
        traffic.close();
        host.close();
    }

    /** An interruption of a scene. */
    private record Place(Scene scene, Fate fate) {

        @Override
        public String toString() {
            return scene + " killed " + fate.moment() + " line " + fate.number() + " of its journal";
        }
    }

    @TestFactory
    Stream<DynamicTest> resumesARolloutWhoseDeployerWasKilled() throws IOException {
        Map<Scene, Queue<Place>> places = new EnumMap<>(Scene.class);
        for (Scene scene : Scene.values()) {
            places.put(scene, isAsked(scene) ? turn(placesOf(scene)) : new ArrayDeque<>());
        }
        List<Place> all = new ArrayList<>();
        while (places.values().stream().anyMatch(queue -> !queue.isEmpty())) {
            ORDER.stream().map(scene -> places.get(scene).poll()).filter(place -> place != null).forEach(all::add);
        }
        return all.stream().map(place -> DynamicTest.dynamicTest(place.toString(), () -> interrupt(place)));
    }

    @Test
    void resumeRefusesWhatTheKilledOneHadBeenRefused() throws IOException {
        leaveCanary();
        while (!aftermath.memory().kept().isEmpty()) {
            done(Operation.ROLLBACK);
        }
        Served before = aftermath.served();
        try (DeployerProcess killed = another()) {
            killed.order(new Fate("KILL", Moment.AFTER, Deed.JOURNAL, 1), Operation.ROLLBACK, 0);
            assertThat(killed.awaitEnd()).as(killed.toString()).isEqualTo(137);
        }

        Outcome resumed = DeadLease.then(host, deployer, Rollout::resume);

        assertThat(resumed.end()).as(resumed.message()).isEqualTo(End.REFUSED);
        assertThat(resumed.message()).startsWith("there is nothing to go back to");
        assertThat(aftermath.served()).isEqualTo(before);
        assertThat(aftermath.problems()).isEmpty();
    }

    @Test
    void historySaysWhoDidWhat() throws IOException {
        hold();
        leaveCanary();
        assertThat(deployer.run(Rollout::history).end()).isEqualTo(End.DONE);
        assertThat(deployer.log()).contains("canary-auto", "HOLDING", "rollback", "ROLLED_BACK", "a test");
    }

    /** As many as its journal has when nothing interrupts it. */
    private static List<Place> placesOf(Scene scene) throws IOException {
        scene.prepare();
        List<Fate.Watched> watched = new ArrayList<>();
        Deployer counting = new Deployer(Files.readString(plan), to -> {
            watched.add(Fate.LIVES.at(to));
            return watched.get(0);
        });
        Outcome outcome = counting.run(rollout -> scene.operation.on(rollout, 0));
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
        List<Place> places = new ArrayList<>();
        for (int line = 1; line <= watched.get(0).count(); line++) {
            for (Moment moment : Moment.values()) {
                places.add(new Place(scene, new Fate("KILL", moment, Deed.JOURNAL, line)));
            }
        }
        assertThat(places).as("places in the journal of " + scene).hasSizeGreaterThan(6);
        return places;
    }

    private static boolean isAsked(Scene scene) {
        return FAULTS.equals(scene.name()) || Stream.of(Scene.values()).noneMatch(any -> any.name().equals(FAULTS));
    }

    private static Queue<Place> turn(List<Place> places) {
        if (!FAULTS.matches("\\d+")) {
            return new ArrayDeque<>(places);
        }
        Queue<Place> taken = new ArrayDeque<>();
        for (int i = Integer.parseInt(FAULTS) % TURNS; i < places.size(); i += TURNS) {
            taken.add(places.get(i));
        }
        return taken;
    }

    private static void interrupt(Place place) throws IOException {
        place.scene().prepare();
        Served before = aftermath.served();
        long failedBefore = traffic.report().failed();

        DeployerProcess deployed = next == null ? another() : next;
        next = null;
        deployed.order(place.fate(), place.scene().operation, 0);
        assertThat(deployed.awaitEnd()).as("KILL ended %s:\n%s", place, deployed).isEqualTo(137);
        assertThat(aftermath.problemsAfterBoot()).as("%s", place).isEmpty();
        next = another();
        Outcome resumed = DeadLease.then(host, deployer, Rollout::resume);

        assertThat(resumed.end()).as("%s, resumed: %s\n%s", place, resumed.message(), deployer.log()).isEqualTo(End.DONE);
        boolean nothingWritten = place.fate().number() == 1 && place.fate().moment() == Moment.BEFORE;
        assertThat(aftermath.served()).as("%s, resumed: %s\n%s", place, resumed.message(), deployer.log())
                .isEqualTo(nothingWritten ? before : place.scene().finished(before));
        assertThat(aftermath.problems()).as("%s, resumed: %s\n%s", place, resumed.message(), deployer.log()).isEmpty();
        assertThat(traffic.report().failed() - failedBefore)
                .as("failed requests during %s: %s", place, traffic.report().failures()).isZero();
    }

    private static DeployerProcess another() throws IOException {
        return DeployerProcess.start(plan, Files.createTempFile(host.home(), "deployer", ".log"));
    }

    private static void push() throws IOException {
        newest = String.valueOf(Integer.parseInt(newest) + 1);
        aftermath.pushed(host.pushRelease(Release.working(newest)), newest);
    }

    private static boolean isHeld() throws IOException {
        return aftermath.served().weights().canaryHasUsers();
    }

    private static void hold() throws IOException {
        if (!isHeld()) {
            push();
            done(Operation.CANARY_AUTO);
        }
    }

    private static void leaveCanary() throws IOException {
        if (isHeld()) {
            done(Operation.ROLLBACK);
        }
    }

    private static void done(Operation operation) {
        Outcome outcome = deployer.run(rollout -> operation.on(rollout, 0));
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
    }
}
