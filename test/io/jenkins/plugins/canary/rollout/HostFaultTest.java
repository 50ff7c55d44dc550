package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.DockerRelay;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.rollout.Aftermath.Served;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host on which something else breaks in the middle of a rollout, is mended by somebody, and goes on with resume. */
final class HostFaultTest {

    private static ProductionHost host;
    private static DockerRelay docker;
    private static TestSshd sshd;
    private static String plan;
    private static Aftermath aftermath;
    private static int newest = 1;

    private Traffic users;
    private Deployer deployer;

    @BeforeAll
    static void start() throws IOException {
        host = ProductionHost.start();
        docker = DockerRelay.start(host.home().resolve("docker.sock"));
        host.beforeClose(docker::close);
        // The same host, with a Docker daemon that can be stopped.
        sshd = TestSshd.start(Files.createDirectory(host.home().resolve("sshd-docker")),
                "SetEnv TMPDIR=" + host.temporary() + " DOCKER_HOST=" + docker.host());
        host.beforeClose(sshd::close);
        plan = host.plan(List.of("backend")).replace("port: " + host.sshd().port(), "port: " + sshd.port())
                .replace(host.sshd().key().toString(), sshd.key().toString())
                .replace(host.sshd().knownHosts().toString(), sshd.knownHosts().toString()) + Deployer.TWO_STEPS;
        aftermath = new Aftermath(host, plan);
        done(new Deployer(plan).run(rollout -> rollout.setWeights(Map.of("backend", 0.0))));
    }

    @AfterAll
    static void end() throws IOException {
        host.close();
    }

    @BeforeEach
    void begin() throws IOException {
        newest++;
        String name = String.valueOf(newest);
        aftermath.pushed(host.pushRelease(Release.working(name)), name);
        deployer = new Deployer(plan);
        users = Traffic.start(host);
    }

    @AfterEach
    void leave() throws IOException {
        try {
            assertThat(users.report().failed()).as("%s", users.report().failures()).isZero();
            assertThat(aftermath.problems()).as(deployer.log()).isEmpty();
        } finally {
            users.close();
            docker.listen();
            new Deployer(plan).run(rollout -> rollout.setWeights(Map.of("backend", 0.0)));
        }
    }

    @Test
    void aDockerDaemonThatStopsWhileContainersStart() throws IOException {
        at(state(State.DEPLOYING), docker::stop);
        Outcome outcome = deployer.canaryAuto();
        docker.listen();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).containsIgnoringCase("docker daemon");
        assertThat(aftermath.served().weights().canary()).isZero();
    }

    /** The stable slot is still as it was, so everybody goes back there. */
    @Test
    void aDockerDaemonThatStopsBeforeTheStableSlotIsReplaced() throws IOException {
        String stable = aftermath.served().stable();
        done(deployer.canaryAuto());
        at(event -> event.type() == Type.DONE && event.message().contains("under way in the stable slot"), docker::stop);
        Outcome outcome = deployer.run(Rollout::promote);
        docker.listen();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(outcome.message()).containsIgnoringCase("docker daemon");
        assertThat(aftermath.served()).isEqualTo(new Served(new Weights(0, 1000), stable, ""));
    }

    /** When the disk under the state directory becomes full. */
    enum Full {
        WHILE_PREPARING(state(State.PREPARING)),
        WHILE_DEPLOYING(state(State.DEPLOYING)),
        WHILE_SOAKING(event -> event.type() == Type.SHARE);

        private final Predicate<Event> moment;

        Full(Predicate<Event> moment) {
            this.moment = moment;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDiskThatIsFull(Full full) throws IOException {
        Path state = onADiskOfItsOwn();
        try {
            Path filling = state.resolve("filling");
            at(full.moment, () -> fill(filling));
            Outcome outcome = deployer.canaryAuto();

            assertThat(outcome.end()).as(outcome.message()).isIn(End.PERSON_MUST_LOOK, End.ROLLED_BACK, End.REFUSED);
            assertThat(outcome.message()).contains("No space left on device");
            assertThat(aftermath.problemsAfterBoot()).isEmpty();
            // Whether it finds room depends on what the first one cleared away; it must break nothing either way.
            new Deployer(plan).run(Rollout::resume);
            assertThat(aftermath.problemsAfterBoot()).isEmpty();
            asRoot("rm", "-f", filling.toString());
            Outcome resumed = DeadLease.then(host, new Deployer(plan), Rollout::resume);
            assertThat(resumed.end()).as(resumed.message()).isIn(End.DONE, End.ROLLED_BACK);
            assertThat(aftermath.problems()).as(resumed.message()).isEmpty();
        } finally {
            asRoot("rm", "-f", state.resolve("filling").toString());
            backFromThatDisk(state);
        }
    }

    @Test
    void anNginxThatIsKilledAndStartedAgainDuringASoak() throws IOException {
        at(event -> event.type() == Type.SHARE, () -> users.whileNobodyAsks(() -> {
            host.killNginx();
            host.startNginx();
        }));
        done(deployer.canaryAuto());

        assertThat(aftermath.served().weights()).isEqualTo(Weights.ofShare(60));
    }

    /** Nobody is served meanwhile, which is not the deployer's doing; what it leaves is what a start needs. */
    @Test
    void anNginxThatIsGoneWhenSharesAreToChange() throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        users.whileNobodyAsks(() -> {
            at(event -> event.type() == Type.SHARE, host::killNginx);
            outcomes.add(deployer.canaryAuto());
            host.startNginx();
        });

        assertThat(outcomes.get(0).end()).as(outcomes.get(0).message()).isEqualTo(End.PERSON_MUST_LOOK);
        assertThat(outcomes.get(0).message()).contains("NGINX", "canary rollback");
        done(deployer.run(rollout -> rollout.rollback(false)));
        assertThat(aftermath.served().weights().canary()).isZero();
    }

    private static Predicate<Event> state(State state) {
        return event -> event.type() == Type.STATE && event.state() == state;
    }

    private static void done(Outcome outcome) {
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
    }

    private void at(Predicate<Event> moment, ProductionHost.Undo what) {
        deployer.at(moment, () -> {
            try {
                what.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The app's state directory becomes a small file system; what was in it is there too. */
    private static Path onADiskOfItsOwn() throws IOException {
        Path state = host.state().resolve(host.app());
        Path kept = Path.of(state + ".kept");
        asRoot("cp", "-a", state.toString(), kept.toString());
        asRoot("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700,uid=" + uid(), "tmpfs", state.toString());
        asRoot("sh", "-c", "cp -a \"$1/.\" \"$2/\"", "copy", kept.toString(), state.toString());
        return state;
    }

    private static void backFromThatDisk(Path state) throws IOException {
        String kept = state + ".kept";
        asRoot("sh", "-c", "rm -rf \"$1\" && cp -a \"$2\" \"$1\" && umount \"$2\" && cp -a \"$1/.\" \"$2/\" && rm -rf \"$1\"",
                "copy", kept, state.toString());
    }

    private static void fill(Path filling) throws IOException {
        asRoot("sh", "-c", "cat /dev/zero >\"$1\" 2>/dev/null; [ -s \"$1\" ]", "fill", filling.toString());
    }

    private static String uid() throws IOException {
        return Program.run(Path.of("/"), "id", "-u");
    }

    private static void asRoot(String... words) throws IOException {
        List<String> all = new ArrayList<>(TestSshd.USER.equals("root") ? List.of() : List.of("sudo", "-n"));
        all.addAll(List.of(words));
        Program.run(Path.of("/"), all);
    }
}
