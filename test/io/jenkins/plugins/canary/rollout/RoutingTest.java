package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.nginx.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shares in the many forms of a team's NGINX, and what users get of them. */
class RoutingTest {

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

    private static Outcome set(Map<String, Double> shares) {
        return set(new Deployer(held.plan()), shares);
    }

    private static void assertDone(Outcome outcome, State state) {
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.DONE);
        assertThat(outcome.state()).isEqualTo(state);
    }

    @Test
    void aServiceThatIsNotNamedKeepsItsShare() throws IOException {
        assertDone(set(Map.of("backend", 20.0)), State.HOLDING);

        held.assertServed("backend", 20);
        held.assertServed("python", 50);
    }

    @Test
    void sharesGoToNothingToAllAndBack() throws IOException {
        assertDone(set(Map.of("backend", 0.0, "python", 0.0)), State.SUCCEEDED);
        held.assertServed("backend", 0);
        held.assertServed("python", 0);

        assertDone(set(Map.of("backend", 100.0)), State.HOLDING);
        held.assertServed("backend", 100);
        held.assertServed("python", 0);

        assertDone(set(Map.of("backend", 50.0, "python", 50.0)), State.HOLDING);
        assertThat(withoutGeneration(held.configured())).isEqualTo(withoutGeneration(held.heldConfig()));
    }

    @Test
    void canaryManualGivesEachServiceItsOwnShare() throws IOException {
        Outcome outcome = new Deployer(held.plan()).canaryManual(Map.of("backend", 30.0, "python", 12.5));

        assertDone(outcome, State.HOLDING);
        assertThat(outcome.services().get("backend").weights()).isEqualTo(Weights.ofShare(30));
        assertThat(outcome.services().get("python").weights()).isEqualTo(Weights.ofShare(12.5));
        held.assertServed("backend", 30);
        held.assertServed("python", 12.5);
    }

    @Test
    void showingSharesSamplesThemAndChangesNothing() throws IOException {
        Outcome outcome = new Deployer(held.plan()).run(Rollout::showWeights);

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.DONE);
        assertThat(outcome.services()).hasSize(2).allSatisfy((service, served) -> {
            assertThat(served.weights()).isEqualTo(Weights.ofShare(50));
            assertThat(served.liveShare()).hasValue(50.0);
            assertThat(served.samples()).isEqualTo(100);
        });
        held.assertUntouched();
    }

    @Test
    void aShareTwoPointsOffPassesAndMoreIsAppliedAgainUntilItFails() throws IOException {
        Deployer two = new Deployer(held.planWithNginx(Deployer.QUICK, whenReloading(rewrite("380", "620"))));
        assertDone(set(two, Map.of("backend", 40.0)), State.HOLDING);
        held.assertServed("backend", 38);

        held.reset();
        Deployer more = new Deployer(held.planWithNginx("rollout: {attempts: 2}\n",
                whenReloading(rewrite("379", "621"))));
        Outcome outcome = set(more, Map.of("backend", 40.0));
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.ROLLED_BACK);
        assertThat(outcome.message()).contains("backend has weights 379:621", "instead of 400:600");
        assertThat(more.events()).filteredOn(event -> event.message().endsWith("applying it again")).hasSize(1);
        held.assertServed("backend", 50);
    }

    @Test
    void otherWeightsLoadedByHandDuringASoakAreFoundAndPutRight() throws IOException {
        Deployer deployer = new Deployer(held.plan("rollout: {steps: [40], soak: 8s, minRequests: 10}\n"));
        // By then the share has been sampled once, and proved.
        deployer.at(event -> event.type() == Type.PROGRESS, () -> load(
                text -> text.replace("weight=400", "weight=100").replace("weight=600", "weight=900")));
        Outcome outcome = deployer.canaryAuto();

        assertDone(outcome, State.HOLDING);
        assertThat(deployer.log()).containsPattern("NGINX sends [0-9.]+ % to the canary instead of 40.0 .*again");
        held.assertServed("backend", 40);
    }

    @Test
    void aCanaryThatNginxTakesOutIsAHealthFailure() throws Exception {
        host.pushRelease(Release.working("3").with("backend", failsUsers()));
        Deployer deployer = new Deployer(held.plan("rollout: {steps: [40], soak: 30s, minRequests: 10}\n"));
        try (Requests users = new Requests("/api/cgi-bin/user")) {
            deployer.at(event -> event.type() == Type.SHARE && event.message().contains("40"), users::begin);
            Outcome outcome = deployer.canaryAuto();

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.ROLLED_BACK);
            assertThat(outcome.message()).contains("takes the canary out (max_fails)", "error log")
                    .doesNotContain("applying it again");
            assertThat(users.failures()).isEmpty();
        } finally {
            host.pushRelease(Release.working("2"));
            assertDone(new Deployer(held.plan()).canaryAuto(), State.HOLDING);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "0.1"})
    void oneAbortedStableAnswerAfterARollbackFailsNoOther(double share) throws IOException {
        assertDone(new Deployer(held.plan()).run(rollout -> rollout.rollback(false)), State.ROLLED_BACK);
        if (share > 0) {
            assertDone(set(Map.of("backend", share)), State.HOLDING);
        }

        assertThat(host.http("/api/cgi-bin/abort").status()).isEqualTo(502);
        for (int i = 0; i < 100; i++) {
            assertThat(host.http("/api/version").status()).isEqualTo(200);
        }
    }

    @Test
    void leastConnectionsServesItsSharesAndIsVerified() throws IOException {
        held.configure(held.configured().replace("zone backend 64k;", "zone backend 64k; least_conn;"));
        Outcome outcome = set(Map.of("backend", 20.0));

        assertDone(outcome, State.HOLDING);
        assertThat(outcome.services().get("backend").liveShare()).hasValueSatisfying(
                live -> assertThat(live).isBetween(18.0, 22.0));
        held.assertServed("backend", 20);
    }

    @Test
    void sharesAreSetInFilesThatAreIncludedFromSeveralPlaces() throws IOException {
        String text = held.configured();
        int upstream = text.indexOf("upstream python");
        int end = text.indexOf("\n", text.indexOf("}", upstream)) + 1;
        Path parts = Files.createDirectories(host.nginxConf().resolveSibling("parts"));
        Path python = Files.writeString(parts.resolve("python upstream.conf"), text.substring(upstream, end));
        held.configure(text.substring(0, upstream) + "include \"conf.d/parts/python upstream.conf\";\n"
                + text.substring(end));

        assertDone(set(Map.of("backend", 20.0, "python", 30.0)), State.HOLDING);

        assertThat(Files.readString(python)).contains("weight=300", "weight=700");
        held.assertServed("backend", 20);
        held.assertServed("python", 30);
        try (Stream<Path> left = Files.list(parts)) {
            assertThat(left).containsExactly(python);
        }
        Files.delete(python);
    }

    @Test
    void anUpstreamWithoutAZoneIsServedWithAdvice() throws IOException {
        held.configure(held.configured().replace("zone backend 64k;", ""));
        Deployer deployer = new Deployer(held.plan());
        Outcome outcome = deployer.run(Rollout::check);

        assertDone(outcome, State.PENDING);
        assertThat(deployer.log()).contains("upstream backend", "has no `zone`", "add `zone backend 64k;`");
    }

    @Test
    void aConfigIsMadeFromTheTemplateWhereThePlanAllowsIt() throws IOException {
        Files.delete(host.nginxConf());
        held.reload();
        Path made = host.nginxConf().resolveSibling("made.conf");
        String plan = held.plan().replace("  config: " + host.nginxConf(), "  config: " + made
                + "\n  generate: {listen: '127.0.0.1:" + host.port() + "', path: " + made + "}")
                .replaceFirst("kind: api", "kind: api\n    location: /")
                .replace("  python:\n    kind: api", "  python:\n    kind: api\n    location: /python/");
        Deployer deployer = new Deployer(plan);

        assertDone(set(deployer, Map.of("backend", 30.0)), State.HOLDING);

        assertThat(deployer.log()).contains("made " + made + " from the template:\n", "upstream backend {");
        assertThat(made).content().contains("zone backend 64k;", "weight=300", "weight=700", "Upgrade");
        int canary = 0;
        for (int i = 0; i < 100; i++) {
            canary += host.http("/version").body().strip().equals("2") ? 1 : 0;
        }
        assertThat(canary).isBetween(29, 31);
    }

    @Test
    void whereThereIsNoCurlThatIsSaidOnceAndFilesAreVerified() throws IOException {
        Path programs = Files.createDirectory(host.home().resolve("programs"));
        for (String directory : List.of("/bin", "/usr/bin")) {
            try (Stream<Path> found = Files.list(Path.of(directory))) {
                for (Path program : found.filter(file -> !file.endsWith("curl")).toList()) {
                    Path link = programs.resolve(program.getFileName());
                    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, program);
                    }
                }
            }
        }
        String docker = System.getenv("DOCKER_HOST");
        String environment = "SetEnv PATH=" + programs + (docker == null ? "" : " DOCKER_HOST=" + docker);
        try (TestSshd bare = TestSshd.start(Files.createDirectory(host.home().resolve("bare")), environment)) {
            Deployer deployer = new Deployer(held.plan().replace("port: " + host.sshd().port(), "port: " + bare.port())
                    .replace(host.sshd().key().toString(), bare.key().toString())
                    .replace(host.sshd().knownHosts().toString(), bare.knownHosts().toString()));
            assertDone(deployer.run(Rollout::check), State.PENDING);
            assertThat(deployer.log()).containsOnlyOnce("no probe can reach NGINX").contains("there is no curl");

            assertDone(set(deployer, Map.of("backend", 40.0, "python", 40.0)), State.HOLDING);
            assertThat(deployer.log()).contains("applied: all services at 40 % (files only)");
        }
        held.assertServed("backend", 40);
    }

    @Test
    void whereNoProbeCanReachNginxThatIsSaidOnceAndFilesAreVerified() throws IOException {
        Path socket = host.nginxMainConf().resolveSibling("nginx.sock");
        held.configure(held.configured().replaceAll("(?s)# canary-deploy begin.*?# canary-deploy end[^\n]*\n", "")
                .replace("127.0.0.1:" + host.port(), "unix:" + socket));
        Deployer deployer = new Deployer(held.plan().replace("steps: [50]", "steps: [20, 40]"));
        Outcome outcome = deployer.canaryAuto();

        assertDone(outcome, State.HOLDING);
        assertThat(deployer.events()).filteredOn(event -> event.message().contains("no probe can reach NGINX"))
                .singleElement().satisfies(event -> assertThat(event.message())
                        .contains("no TCP `listen`", "only its files"));
        assertThat(deployer.events()).filteredOn(event -> event.type() == Type.SHARE).extracting(Event::message)
                .contains("applied: all services at 40 % (files only)");
        assertThat(held.configured()).contains("weight=400", "weight=600");
        assertThat(outcome.services().get("backend").liveShare()).isEmpty();
    }

    private static String withoutGeneration(String config) {
        return config.replaceAll("return 200 \"[0-9]+ ", "return 200 \"N ");
    }

    /** Shell text that runs only when NGINX is told to reload. */
    private static String whenReloading(String then) {
        return "case \"$*\" in *'-s reload'*) " + then + " ;; esac";
    }

    private static String rewrite(String canary, String stable) {
        return "sed -i 's/weight=400/weight=%s/; s/weight=600/weight=%s/' %s"
                .formatted(canary, stable, host.nginxConf());
    }

    private static void load(UnaryOperator<String> change) {
        try {
            held.configure(change.apply(held.configured()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Healthy, but it breaks off what users ask of it. */
    private static Behaviour failsUsers() {
        return new Behaviour("""
                printf '#!/bin/sh\\nkill -9 $PPID\\n' >/www/cgi-bin/user
                busybox chmod +x /www/cgi-bin/user
                exec httpd -f -p 8080 -h /www
                """, "");
    }

    /** A user who asks for one thing again and again, from the moment that is wanted. */
    private static final class Requests implements AutoCloseable {

        private static final long PAUSE_NANOS = 20_000_000;

        private final String path;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final Thread thread = new Thread(this::ask, "user");
        private volatile boolean closing;

        Requests(String path) {
            this.path = path;
        }

        void begin() {
            thread.start();
        }

        List<String> failures() {
            return failures;
        }

        private void ask() {
            while (!closing) {
                try {
                    int status = host.http(path).status();
                    if (status >= 500) {
                        failures.add("status " + status);
                    }
                } catch (IOException e) {
                    failures.add(e.toString());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        @Override
        public void close() {
            closing = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
