package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.LeaseFile;
import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.host.Await;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.host.SshHost;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rollout of an app at a time, also when connections are cut. */
class LeaseTest {

    private static final Predicate<Event> SHARE = event -> event.type() == Type.SHARE;

    @RegisterExtension
    static final HeldCanary held = new HeldCanary("backend", "python");

    private static ProductionHost host;

    @BeforeAll
    static void start() throws IOException {
        host = held.host();
    }

    private static Outcome set(Deployer deployer, Map<String, Double> shares) {
        return deployer.run(rollout -> rollout.setWeights(shares));
    }

    private static void assertHolds(Outcome outcome) {
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.DONE);
        assertThat(outcome.state()).isEqualTo(State.HOLDING);
    }

    @Test
    void aSecondRolloutIsToldAtOnceWhoHoldsTheAppAndChangesNothing() throws IOException {
        List<Outcome> others = new ArrayList<>();
        Deployer deployer = new Deployer(held.plan());
        deployer.at(SHARE, () -> {
            others.add(set(new Deployer(held.plan()), Map.of("backend", 10.0)));
            others.add(new Deployer(held.plan()).canaryAuto());
        });
        assertHolds(set(deployer, Map.of("backend", 20.0)));

        assertThat(others).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.end().exitCode()).isEqualTo(4);
            assertThat(outcome.message()).contains("another rollout holds " + host.app() + " on edge: weights by a test since ",
                    "Nothing was changed");
        });
        held.assertServed("backend", 20);
    }

    @Test
    void ofTwentyAtOnceExactlyOneActs() throws Exception {
        Path directory = Files.createDirectory(host.home().resolve("busy"));
        ExecutorService pool = Executors.newFixedThreadPool(20);
        try (TestSshd busy = TestSshd.start(directory, "MaxStartups 100")) {
            String plan = held.plan().replace("port: " + host.sshd().port(), "port: " + busy.port())
                    .replace(host.sshd().key().toString(), busy.key().toString())
                    .replace(host.sshd().knownHosts().toString(), busy.knownHosts().toString());
            CountDownLatch refused = new CountDownLatch(19);
            List<Duration> asked = new CopyOnWriteArrayList<>();
            List<CompletableFuture<Outcome>> all = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                double share = i;
                Deployer deployer = new Deployer(plan, to -> timed(to, asked));
                deployer.at(SHARE, () -> await(refused));
                all.add(CompletableFuture.supplyAsync(() -> {
                    Outcome outcome = set(deployer, Map.of("backend", share));
                    if (outcome.end() == Outcome.End.HELD_BY_ANOTHER) {
                        refused.countDown();
                    }
                    return outcome;
                }, pool));
            }
            List<Outcome> outcomes = all.stream().map(CompletableFuture::join).toList();

            assertThat(outcomes).filteredOn(outcome -> outcome.end() == Outcome.End.HELD_BY_ANOTHER).hasSize(19);
            // Without the twenty logins at once, which are this machine's to bear and no host's.
            assertThat(asked).hasSize(20).allSatisfy(time -> assertThat(time).isLessThan(Duration.ofSeconds(5)));
            assertThat(outcomes).filteredOn(outcome -> outcome.end() == Outcome.End.DONE).singleElement()
                    .satisfies(winner -> held.assertServed("backend",
                            winner.services().get("backend").weights().share()));
        } finally {
            pool.shutdownNow();
        }
    }

    /** A host that notes how long each request for the lease took. */
    private static Host timed(Host host, List<Duration> asked) {
        String take = LeaseFile.take("", Duration.ZERO, "", false).words().get(2);
        return new Host() {
            @Override
            public String name() {
                return host.name();
            }

            @Override
            public List<Result> run(List<Command> commands) throws HostException {
                Instant begin = Instant.now();
                try {
                    return host.run(commands);
                } finally {
                    if (commands.stream().anyMatch(command -> command.words().contains(take))) {
                        asked.add(Duration.between(begin, Instant.now()));
                    }
                }
            }

            @Override
            public OptionalInt forward(int port) throws HostException {
                return host.forward(port);
            }

            @Override
            public void close() {
                host.close();
            }
        };
    }

    @Test
    void aDeployerThatDiedLosesTheAppWhenItsLeaseIsOver() throws HostException, IOException {
        try (SshHost dead = host.sshd().host()) {
            assertThat(take(dead, "someone", Duration.ofSeconds(6))).startsWith("taken ");
            assertThat(set(new Deployer(held.plan()), Map.of("backend", 20.0)).message())
                    .contains("deploy by someone since now");

            Deployer next = new Deployer(held.plan());
            Await.until("the app is free", () -> set(next, Map.of("backend", 20.0)).end() == Outcome.End.DONE);
            assertThat(next.log()).contains("took over on edge from a rollout that did not give its lease back");
        }
        held.assertServed("backend", 20);
    }

    @Test
    void aDeployerWhoseLeaseWasTakenOverIsRefusedByTheHost() throws IOException {
        Deployer deployer = new Deployer(held.plan());
        try (SshHost taker = host.sshd().host()) {
            deployer.at(event -> event.type() == Type.PROGRESS, () -> {
                try {
                    assertThat(taker.run(LeaseFile.take(stateDirectory(), Duration.ofSeconds(60),
                            facts("someone else"), true)).text()).startsWith("taken ");
                } catch (HostException e) {
                    throw new AssertionError(e);
                }
            });
            Outcome outcome = deployer.canaryAuto();

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.HELD_BY_ANOTHER);
            assertThat(outcome.message()).contains("stopped in the middle", "deploy by someone else",
                    "Nothing was rolled back");
        }
        held.assertServed("backend", 50);
        assertThat(deployer.run(Rollout::unlock).message()).contains("canary resume");
        assertHolds(deployer.run(Rollout::resume));
    }

    /** Whoever is between its look at the lease and its change is seen by a successor, and ended. */
    @Test
    void anExchangeThatStillLooksAtTheLeaseIsEndedByASuccessor() throws Exception {
        Path state = Path.of(stateDirectory());
        Path lease = state.resolve("lease");
        Path looked = state.resolve("looked-at");
        Path acted = host.home().resolve("acted");
        // A look that takes as long as the test wants: it reads from a pipe.
        Files.delete(lease);
        Program.run(state, "mkfifo", lease.toString());
        Files.createLink(looked, lease);
        try (SshHost slow = host.sshd().host(); SshHost taker = host.sshd().host()) {
            CompletableFuture<List<Result>> looking = CompletableFuture.supplyAsync(() -> {
                try {
                    return slow.run(List.of(LeaseFile.check(state.toString(), 5, Duration.ofSeconds(5)),
                            Command.of("touch", acted.toString())));
                } catch (HostException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            });
            Await.until("its session is noted", Duration.ofMinutes(1), () -> {
                try (Stream<Path> sessions = Files.list(state.resolve("sessions"))) {
                    return sessions.anyMatch(session -> session.getFileName().toString().startsWith("5-")
                            && session.toFile().length() > 0);
                }
            });
            assertThat(take(taker, "someone", Duration.ofSeconds(20))).isEqualTo("taken 1 0");
            // Now it would read that the lease is still its own.
            Program.run(state, "sh", "-c", "echo '5 9999999999 {}' | timeout 2 tee \"$1\" || true", "sh", looked.toString());

            assertThatThrownBy(looking::join).hasMessageContaining("was ended");
            assertThat(acted).doesNotExist();
            taker.require("give it back", LeaseFile.release(state.toString(), 1));
        } finally {
            Files.delete(looked);
        }
    }

    @Test
    void twoAppsOnOneHostDoNotBlockEachOther() throws IOException {
        String one = host.plan(List.of("backend")) + Deployer.QUICK;
        String two = host.plan(List.of("python")).replace("app: " + host.app(), "app: " + host.app() + "-two")
                + Deployer.QUICK;
        CompletableFuture<List<Outcome>> first = CompletableFuture.supplyAsync(() -> changes(one, "backend"));
        CompletableFuture<List<Outcome>> second = CompletableFuture.supplyAsync(() -> changes(two, "python"));

        assertThat(first.join()).allSatisfy(LeaseTest::assertHolds);
        assertThat(second.join()).allSatisfy(LeaseTest::assertHolds);
        held.assertServed("backend", 40);
        held.assertServed("python", 40);
    }

    private static List<Outcome> changes(String plan, String service) {
        return List.of(10.0, 20.0, 30.0, 40.0).stream()
                .map(share -> set(new Deployer(plan), Map.of(service, share))).toList();
    }

    /** Cut while NGINX tests the staged files, and when it is to reload those that are already in place. */
    @ParameterizedTest
    @ValueSource(strings = {"-t -q", "-s reload"})
    void aConnectionCutWhileSharesChangeFailsNobody(String during) throws IOException {
        Path cut = host.home().resolve("cut");
        Files.deleteIfExists(cut);
        String plan = held.planWithNginx(Deployer.QUICK, """
                case "$*" in *'%s'*) [ -e %s ] || { : >%s; sleep 1; } ;; esac
                """.formatted(during, cut, cut));
        CompletableFuture<Void> cutting = cutWhen("NGINX was called", () -> Files.exists(cut));
        try (Traffic users = Traffic.start(host)) {
            Deployer deployer = new Deployer(plan);
            assertHolds(set(deployer, Map.of("backend", 20.0, "python", 20.0)));
            cutting.join();

            assertThat(deployer.log()).contains("Connecting again");
            assertThat(users.report().failed()).as("%s", users.report().failures()).isZero();
        }
        held.assertServed("backend", 20);
        held.assertServed("python", 20);
        held.assertNothingIsLeft();
    }

    @Test
    void aConnectionCutInASoakIsMadeAgain() throws IOException {
        Deployer deployer = new Deployer(held.plan("rollout: {steps: [50], soak: 3s, minRequests: 10}\n"));
        deployer.at(event -> event.type() == Type.PROGRESS, () -> host.sshd().killSessions());
        try (Traffic users = Traffic.start(host)) {
            assertHolds(deployer.canaryAuto());
            assertThat(users.report().failed()).as("%s", users.report().failures()).isZero();
        }
        held.assertServed("backend", 50);
    }

    @Test
    void aConnectionCutWhileContainersStartIsMadeAgain() throws IOException {
        AtomicReference<CompletableFuture<Void>> cutting = new AtomicReference<>();
        Deployer deployer = new Deployer(held.plan());
        deployer.at(event -> event.type() == Type.STATE && event.state() == State.DEPLOYING, () ->
                cutting.set(cutWhen("Compose runs", LeaseTest::composeRuns)));
        assertHolds(deployer.canaryAuto());
        cutting.get().join();

        assertThat(deployer.log()).contains("starting the containers anew");
        assertThat(host.containers(SlotName.CANARY)).hasSize(2);
        held.assertServed("backend", 50);
    }

    /** The host has given the lease, and the answer is lost. */
    @Test
    void aConnectionCutWhileTheLeaseIsTakenIsMadeAgainAndTheLeaseGivenBack() throws Exception {
        Process lock = new ProcessBuilder("flock", stateDirectory() + "/lease.lock", "cat").start();
        CompletableFuture<Void> cutting = cutWhen("a deployer waits for the lock",
                () -> host.commands().stream().anyMatch(line -> line.contains("flock -w 5 9")))
                .thenRun(lock::destroy);

        Outcome outcome = set(new Deployer(held.plan()), Map.of("backend", 20.0));

        cutting.join();
        assertHolds(outcome);
        assertThat(Files.readString(Path.of(stateDirectory(), "lease")).split(" ")[1]).isEqualTo("0");
    }

    private static String take(SshHost by, String holder, Duration ttl) throws HostException {
        return by.require("take the lease", LeaseFile.take(stateDirectory(), ttl, facts(holder), false)).text();
    }

    private static String stateDirectory() {
        return host.state() + "/" + host.app();
    }

    private static String facts(String holder) {
        return new LeaseFacts(holder, "deploy", "", "now").json();
    }

    private static CompletableFuture<Void> cutWhen(String what, Callable<Boolean> condition) {
        return CompletableFuture.runAsync(() -> {
            Await.until(what, condition);
            host.sshd().killSessions();
        });
    }

    private static boolean composeRuns() {
        return ProcessHandle.allProcesses().anyMatch(process -> process.info().commandLine()
                .filter(line -> line.contains("compose") && line.contains(host.project(SlotName.CANARY))
                        && line.contains(" up -d ")).isPresent());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).as("the others have ended").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
