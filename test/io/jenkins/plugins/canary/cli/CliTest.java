package io.jenkins.plugins.canary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.notice.ChatServer;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.DeployRequest;
import io.jenkins.plugins.canary.rollout.Deployer;
import io.jenkins.plugins.canary.rollout.Outcome;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on one production host; every test begins with all requests on a stable slot that runs release 1. */
class CliTest {

    private static final String SETTINGS = """
            rollout: {steps: [50], soak: %s, minRequests: 10, drain: 5s}
            promote: {steps: [100], soak: 100ms}
            """;

    private static final Map<String, Double> SHARE = Map.of("backend", 50.0);

    private static ProductionHost host;
    private static Path plan;
    private static Path slowPlan;
    private static String good;
    private static String broken;

    @BeforeAll
    static void startHost() throws IOException {
        host = ProductionHost.start();
        plan = write("canary.yml", planText("200ms"));
        slowPlan = write("slow.yml", planText("2m"));
        good = host.pushRelease(Release.working("2"));
        broken = host.pushRelease(Release.working("3").with("backend", Behaviour.UNHEALTHY));
    }

    @AfterAll
    static void closeHost() throws IOException {
        host.close();
    }

    @BeforeEach
    void goBackToStable() throws IOException {
        if (Files.exists(host.state())) {
            new Deployer(planText("200ms")).run(rollout -> rollout.setWeights(Map.of("backend", 0.0)));
        }
        assertThat(releases()).containsExactly("1");
    }

    @Test
    void writesOneEventALineAndTheOutcomeLast() throws Exception {
        CanaryProcess.Ended ended = run("deploy", "--type", "canary-auto", "--commit", good, "--json");

        assertThat(ended.exit()).as(ended.text()).isZero();
        assertThat(ended.events()).allSatisfy(event -> {
            assertThat(event.keySet()).contains("time", "state", "type", "message");
            assertThat(Instant.parse(event.get("time").getAsString())).isNotNull();
        });
        assertThat(ended.events().stream().map(event -> event.get("state").getAsString()).distinct())
                .containsExactly("VALIDATING", "PREPARING", "DEPLOYING", "SHIFTING", "HOLDING");
        JsonObject outcome = ended.outcome();
        assertThat(outcome.get("state").getAsString()).isEqualTo("HOLDING");
        assertThat(outcome.get("exitCode").getAsInt()).isZero();
        assertThat(outcome.get("commit").getAsString()).isEqualTo(good);
        JsonObject backend = outcome.getAsJsonObject("services").getAsJsonObject("backend");
        assertThat(backend.get("share").getAsDouble()).isEqualTo(50);
        assertThat(backend.getAsJsonObject("weights").get("canary").getAsInt()).isEqualTo(500);
        assertThat(backend.getAsJsonObject("weights").get("stable").getAsInt()).isEqualTo(500);
        assertThat(backend.get("liveShare").getAsDouble()).isBetween(48.0, 52.0);
        assertThat(backend.get("samples").getAsInt()).isGreaterThanOrEqualTo(100);
        assertThat(releases()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void namesTheRolloutInEveryEventAsItsJournalDoes() throws Exception {
        holdCanary();

        CanaryProcess.Ended ended = run("weights", "--share", "backend=20", "--json");

        assertThat(ended.exit()).as(ended.text()).isZero();
        JsonObject outcome = ended.outcome();
        String rollout = outcome.get("rollout").getAsString();
        assertThat(rollout).matches("\\d{8}T\\d{6}-\\d+");
        List<String> names = ended.events().stream().map(event -> event.get("rollout").getAsString()).toList();
        assertThat(names.subList(names.indexOf(rollout), names.size())).containsOnly(rollout);
        assertThat(names.subList(0, names.indexOf(rollout))).containsOnly("");
        assertThat(Files.readString(host.state().resolve(host.app()).resolve("journal.ndjson")))
                .contains("\"rollout\":\"" + rollout + "\"");
        assertThat(outcome.get("app").getAsString()).isEqualTo(host.app());
        assertThat(outcome.get("action").getAsString()).isEqualTo("weights");
        assertThat(outcome.get("by").getAsString()).contains("@");
    }

    @Test
    void writesPlainLinesWithTimeAndStateWhereNobodyWatches() throws Exception {
        holdCanary();

        CanaryProcess.Ended ended = run("weights", "--share", "backend=12.5");

        assertThat(ended.exit()).as(ended.text()).isZero();
        assertThat(ended.lines()).allMatch(line -> line.startsWith("    ")
                || line.matches("\\d\\d:\\d\\d:\\d\\d  [A-Z_]+ +\\S.*"));
        assertThat(ended.text()).doesNotContain("\u001b").contains("all services at 12.5 %").contains("HOLDING");
    }

    @Test
    void drawsABarInColoursOnATerminal() throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.runOnTerminal("deploy", "--type", "canary-auto",
                "--commit", good, "--plan", write("bar.yml", planText("3s")).toString());

        assertThat(ended.exit()).as(ended.text()).isZero();
        assertThat(ended.text()).contains("\u001b[36m", "\u001b[2m", "\u001b[K[", "[####", "backend 50 %");
    }

    @Test
    void rollsBackAReleaseThatIsNotHealthy() throws Exception {
        byte[] before = Files.readAllBytes(host.nginxConf());

        CanaryProcess.Ended ended = run("deploy", "--type", "canary-auto", "--commit", broken, "--json");

        assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
        assertThat(ended.state()).isEqualTo("ROLLED_BACK");
        assertThat(ended.outcome().get("message").getAsString()).contains("backend").contains("503");
        assertThat(weightsOf(before)).isEqualTo(weightsOf(Files.readAllBytes(host.nginxConf())));
        assertThat(releases()).containsExactly("1");
    }

    @Test
    void refusesToPromoteWhatIsNotThere() throws Exception {
        Map<String, String> before = everything();

        CanaryProcess.Ended ended = run("promote", "--json");

        assertThat(ended.exit()).as(ended.text()).isEqualTo(3);
        assertThat(ended.state()).isEqualTo("REFUSED");
        assertThat(ended.outcome().get("message").getAsString()).contains("no canary to promote")
                .contains("canary-auto starts one");
        before.keySet().removeIf(path -> path.startsWith("state"));
        assertThat(everything()).containsAllEntriesOf(before);
    }

    @Test
    void findsTheAppHeldByAnother() throws Exception {
        holdCanary();
        byte[] before = Files.readAllBytes(host.nginxConf());
        List<CanaryProcess.Ended> second = new CopyOnWriteArrayList<>();
        Deployer first = new Deployer(planText("200ms"));
        first.at(event -> event.type() == Type.SHARE, () -> second.add(runNow("weights", "--share", "20", "--json")));

        first.run(rollout -> rollout.setWeights(SHARE));

        assertThat(second).hasSize(1);
        CanaryProcess.Ended refused = second.get(0);
        assertThat(refused.exit()).as(refused.text()).isEqualTo(4);
        assertThat(refused.state()).isEqualTo("REFUSED");
        assertThat(refused.outcome().get("message").getAsString())
                .contains("another rollout holds").contains("weights by a test since 2");
        assertThat(weightsOf(Files.readAllBytes(host.nginxConf()))).isEqualTo(weightsOf(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void rollsBackWhenItIsStoppedInASoak(String signal) throws Exception {
        CanaryProcess command = CanaryProcess.start(
                "deploy", "--type", "canary-auto", "--commit", good, "--json", "--plan", slowPlan.toString());
        command.awaitLine(line -> line.contains("\"progress\""));
        assertThat(releases()).containsExactlyInAnyOrder("1", "2");

        Instant stopped = Instant.now();
        command.signal(signal);
        CanaryProcess.Ended ended = command.end();

        assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
        assertThat(ended.state()).isEqualTo("ROLLED_BACK");
        assertThat(ended.text()).contains("stopping: rolling back").contains("rolling back, as asked");
        assertThat(ended.outcome().get("message").getAsString()).contains("stopped on request");
        assertThat(releases()).containsExactly("1");
    }

    @Test
    void leavesTrafficAloneWhenNoSlotWorks() throws Exception {
        holdCanary();
        byte[] before = Files.readAllBytes(host.nginxConf());
        host.makeUnhealthy(SlotName.STABLE, "backend");
        host.makeUnhealthy(SlotName.CANARY, "backend");
        try {
            CanaryProcess.Ended ended = run("rollback", "--json");

            assertThat(ended.exit()).as(ended.text()).isEqualTo(5);
            assertThat(ended.state()).isEqualTo("FAILED");
            assertThat(ended.outcome().get("message").getAsString())
                    .contains("a person must look", "stable slot does not work", "canary rollback", "backups/nginx",
                            "backend: 50.0 % to the canary (port " + host.port("backend", SlotName.CANARY) + ")",
                            "curl -i 'http://127.0.0.1:" + host.port("backend", SlotName.STABLE) + "/cgi-bin/health'",
                            "docker compose -p " + host.project(SlotName.STABLE) + " -f docker-compose.stable.yml start"
                                    + " backend", "-s reload");
            assertThat(host.nginxConf()).hasBinaryContent(before);
            assertThat(run("status").exit()).as("status says so too").isEqualTo(5);
        } finally {
            host.makeHealthy(SlotName.STABLE, "backend");
            host.makeHealthy(SlotName.CANARY, "backend");
        }
    }

    @Test
    void promotesAndGoesBackByTheNamesOfDeployTypes() throws Exception {
        holdCanary();

        CanaryProcess.Ended promoted = run("deploy", "--type", "promote-canary", "--json");

        assertThat(promoted.exit()).as(promoted.text()).isZero();
        assertThat(promoted.state()).isEqualTo("SUCCEEDED");
        assertThat(stableRelease()).isEqualTo("2");

        CanaryProcess.Ended back = run("deploy", "--type", "rollback", "--json");

        assertThat(back.exit()).as(back.text()).isZero();
        assertThat(back.state()).isEqualTo("ROLLED_BACK");
        assertThat(stableRelease()).isEqualTo("1");
    }

    @Test
    void setsSharesAndVerifiesThem() throws Exception {
        holdCanary();

        CanaryProcess.Ended ended = run("weights", "--share", "12.5", "--json");

        assertThat(ended.exit()).as(ended.text()).isZero();
        JsonObject backend = ended.outcome().getAsJsonObject("services").getAsJsonObject("backend");
        assertThat(backend.getAsJsonObject("weights").get("canary").getAsInt()).isEqualTo(125);
        assertThat(backend.get("liveShare").getAsDouble()).isBetween(10.5, 14.5);
    }

    @Test
    void tellsAChatWhatBecameOfARelease() throws Exception {
        try (ChatServer chat = new ChatServer()) {
            Map<String, String> told = Map.of("CANARY_MATTERMOST_URL", chat.mattermostUrl(),
                    "BUILD_URL", "https://ci.example.test/job/shop/7/");

            CanaryProcess.Ended held = run(told, "deploy", "--type", "canary-auto", "--commit", good, "--json");
            CanaryProcess.Ended failed = run(told, "deploy", "--type", "canary-auto", "--commit", broken, "--json");
            run(told, "status");
            run(told, "check");

            assertThat(held.exit()).as(held.text()).isZero();
            assertThat(failed.exit()).as(failed.text()).isEqualTo(1);
            assertThat(chat.posted()).hasSize(2);
            JsonObject hold = chat.attachment(0);
            assertThat(hold.get("title").getAsString()).isEqualTo(host.app() + ": the canary waits for a decision");
            assertThat(hold.get("text").getAsString()).contains("Nobody watches it", "canary promote --plan " + plan);
            assertThat(fields(hold)).containsEntry("Type", "canary-auto").containsKeys("Started by", "Duration")
                    .containsEntry("Commit", good.substring(0, 9) + " \"Release 2\"")
                    .containsEntry("Author", "Canary Deploy tests");
            assertThat(fields(hold).get("Canary's share")).matches("backend 0(\\.1)? % → 50 %");
            JsonObject failure = chat.attachment(1);
            assertThat(failure.get("title_link").getAsString()).isEqualTo("https://ci.example.test/job/shop/7/console");
            assertThat(failure.get("text").getAsString()).contains("backend (canary)", "503", "Build log");
            assertThat(fields(failure).get("Rolled back")).startsWith(broken.substring(0, 9) + " \"Release 3\"");
            assertThat(fields(failure)).containsEntry("Canary's share", "backend 50 % → 0 %");
        }
    }

    @Test
    void endsAsEverWhereTheChatHangs() throws Exception {
        holdCanary();
        try (ChatServer chat = new ChatServer()) {
            chat.hangOnce();

            CanaryProcess.Ended ended = run(Map.of("CANARY_MATTERMOST_URL", chat.mattermostUrl()),
                    "weights", "--share", "backend=0", "--json");

            assertThat(ended.exit()).as(ended.text()).isZero();
            assertThat(ended.lines().get(ended.lines().size() - 2)).contains("\"type\":\"outcome\"", "SUCCEEDED");
            assertThat(ended.lines().get(ended.lines().size() - 1))
                    .startsWith("the notice to Mattermost was not delivered: it gave no answer in time");
        }
    }

    private static Map<String, String> fields(JsonObject attachment) {
        Map<String, String> fields = new TreeMap<>();
        attachment.getAsJsonArray("fields").forEach(field -> fields.put(
                field.getAsJsonObject().get("title").getAsString(), field.getAsJsonObject().get("value").getAsString()));
        return fields;
    }

    @Test
    void changesNothingByLooking() throws Exception {
        holdCanary();
        Map<String, String> before = everything();

        for (String command : List.of("status", "weights", "check")) {
            CanaryProcess.Ended ended = run(command, "--json");

            assertThat(ended.exit()).as(ended.text()).isZero();
            assertThat(everything()).as(command).isEqualTo(before);
            if (!command.equals("check")) {
                JsonObject backend = ended.outcome().getAsJsonObject("services").getAsJsonObject("backend");
                assertThat(backend.get("share").getAsDouble()).isEqualTo(50);
            }
        }
    }

    @Test
    void findsSeveralProblemsInOneCheck() throws Exception {
        Path wrong = write("wrong.yml", planText("200ms")
                .replace("branch: develop", "branch: nosuch")
                .replace("kind: api", "upstream: missing")
                .replace("state: " + host.state(), "state: " + host.nginxConf() + "/state"));
        Map<String, String> before = everything();

        CanaryProcess.Ended ended = CanaryProcess.run("check", "--json", "--plan", wrong.toString());

        assertThat(ended.exit()).as(ended.text()).isEqualTo(3);
        assertThat(ended.events().stream().filter(event -> event.get("type").getAsString().equals("failure"))
                .map(event -> event.get("message").getAsString()))
                .anyMatch(text -> text.contains("branch nosuch is not in"))
                .anyMatch(text -> text.contains("no upstream missing") && text.contains("backend"))
                .anyMatch(text -> text.contains("/state/" + host.app() + " can't be made"))
                .hasSize(3);
        assertThat(everything()).isEqualTo(before);
    }

    /** Release 2 with half of the requests; what an earlier test left in the slot is used again where it works. */
    private static void holdCanary() throws IOException {
        Deployer deployer = new Deployer(planText("200ms"));
        Outcome outcome = host.containers(SlotName.CANARY).isEmpty() || !canaryRelease().equals("2")
                ? deploy(deployer) : deployer.run(rollout -> rollout.setWeights(SHARE));
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
    }

    private static Outcome deploy(Deployer deployer) {
        DeployRequest request = new DeployRequest(Map.of(), Optional.of(good), Optional.empty());
        return deployer.run(rollout -> rollout.deploy(DeployType.CANARY_AUTO, request));
    }

    private static CanaryProcess.Ended runNow(String... words) {
        try {
            return run(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static CanaryProcess.Ended run(String... words) throws IOException, InterruptedException {
        return run(Map.of(), words);
    }

    private static CanaryProcess.Ended run(Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        String[] all = Stream.concat(Stream.of(words), Stream.of("--plan", plan.toString())).toArray(String[]::new);
        return CanaryProcess.run(environment, all);
    }

    private static String planText(String soak) {
        return host.plan(List.of("backend")).replace("text: UP}", "text: UP, startup: 3s}") + SETTINGS.formatted(soak);
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(host.home().resolve(name), text);
    }

    /** The releases that answer users of the backend. */
    private static List<String> releases() throws IOException {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            seen.add(host.http("/api/version").body().strip());
        }
        return seen.stream().distinct().sorted().toList();
    }

    private static String canaryRelease() throws IOException {
        return host.http("backend", SlotName.CANARY, "/version").body().strip();
    }

    private static String stableRelease() throws IOException {
        return host.http("backend", SlotName.STABLE, "/version").body().strip();
    }

    private static List<String> weightsOf(byte[] config) {
        return new String(config, StandardCharsets.UTF_8).lines()
                .filter(line -> line.contains("weight=")).map(String::strip).toList();
    }

    /** Every file of NGINX, of the state directory and of the working copies, and the containers. */
    private static Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (String part : List.of("nginx", "state", "srv")) {
            Path root = host.home().resolve(part);
            try (Stream<Path> files = Files.exists(root) ? Files.walk(root) : Stream.empty()) {
                for (Path file : files.filter(Files::isRegularFile).filter(CliTest::isNoLog).toList()) {
                    all.put(host.home().relativize(file).toString(),
                            Base64.getEncoder().encodeToString(Files.readAllBytes(file))
                                    + Files.getLastModifiedTime(file));
                }
            }
        }
        for (SlotName slot : SlotName.values()) {
            all.put(slot.label(), host.docker("ps", "-aq", "--no-trunc", "--filter",
                    "label=com.docker.compose.project=" + host.project(slot)));
        }
        return all;
    }

    private static boolean isNoLog(Path file) {
        return !file.toString().endsWith(".log");
    }
}
