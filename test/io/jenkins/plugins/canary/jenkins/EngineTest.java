package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.jenkins.HostAccess.Key;
import io.jenkins.plugins.canary.jenkins.HostAccess.Vouched;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.notice.NoticeSettings;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The engine as a node runs it, against a real host; everything that crosses remoting is serialised on its way. */
class EngineTest {

    private static final NextSteps NEXT = new NextSteps("promoteCanary", "rollbackStable");

    private static final String SETTINGS = """
            rollout: {steps: [30, 60], soak: %s, minRequests: 5, drain: 5s}
            """;
    private static final String TOKEN = "token-" + UUID.randomUUID();

    private static ProductionHost host;
    private static int releases = 1;

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private String id = "";

    @BeforeAll
    static void start() throws IOException {
        host = ProductionHost.start();
    }

    @AfterAll
    static void end() throws IOException {
        host.close();
    }

    private static String push() throws IOException {
        return host.pushRelease(Release.working(String.valueOf(++releases)));
    }

    private Engine engine(String build, String soak, Work work, boolean goOn) throws IOException {
        id = UUID.randomUUID().toString();
        String plan = host.plan(List.of("backend")).replaceFirst("host: \\{.*\\}", "host: {address: prod}")
                + SETTINGS.formatted(soak);
        String keys = Files.readString(host.sshd().knownHosts());
        HostAccess access = new HostAccess("edge",
                new Vouched("127.0.0.1", host.sshd().port(), TestSshd.USER, keys, ""),
                new Key("deploy-key", "", Files.readString(host.sshd().key()), ""));
        LinkedHashMap<String, String> values = new LinkedHashMap<>(Map.of("CLAUDE_API_KEY", TOKEN));
        EngineCall.Env env = new EngineCall.Env("LOG_LEVEL=info\n".getBytes(StandardCharsets.UTF_8), values);
        EngineCall.Task task = new EngineCall.Task(id, plan, "canary.yml", -1, host.home().toString(), "", "", "a test",
                build, new ArrayList<>(), NoticeSettings.NONE, new Directions("", "", NEXT));
        return new Engine(crossing(task), crossing(work), List.of(crossing(access)), crossing(env), goOn,
                new PrintStream(console, true, StandardCharsets.UTF_8), events);
    }

    /** What remoting does with it. */
    private static <T> T crossing(T value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            @SuppressWarnings("unchecked")
            T copy = (T) in.readObject();
            return copy;
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }

    private static Work auto() {
        return Work.deploy(DeployType.CANARY_AUTO, Map.of(), "");
    }

    private void awaitConsole(String text) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(3));
        while (!console.toString(StandardCharsets.UTF_8).contains(text)) {
            assertThat(Instant.now()).as("`%s` in:\n%s", text, console).isBefore(deadline);
            Thread.sleep(50);
        }
    }

    private static int canaryWeight() throws IOException {
        Matcher line = Pattern.compile("(?m)^\\s*server 127\\.0\\.0\\.1:" + host.port("backend", SlotName.CANARY)
                + "[^;]*weight=(\\d+)").matcher(Files.readString(host.nginxConf()));
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private void sendBack() throws IOException {
        Report back = engine("build/back-" + id, "200ms", Work.rollback(false), false).runToEnd();
        assertThat(back.end()).as(back.message()).isEqualTo(End.DONE);
    }

    @Test
    void streamsItsLogAndReportsPlainFacts() throws Exception {
        String commit = push();
        Report report = crossing(engine("build/1/canary/1/", "200ms", auto(), false).runToEnd());

        assertThat(report.end()).as(report.message()).isEqualTo(End.DONE);
        assertThat(report.facts()).containsEntry("state", "HOLDING").containsEntry("commit", commit)
                .containsEntry("noticeSent", false).containsKey("notice");
        assertPlain(report.facts());
        assertThat(console.toString(StandardCharsets.UTF_8)).contains("applied: all services at 30 %")
                .doesNotContain(TOKEN);
        assertThat(events.toString(StandardCharsets.UTF_8)).contains("\"type\":\"share\"").doesNotContain(TOKEN);
        assertThat(host.http("backend", SlotName.CANARY, "/cgi-bin/env").body()).contains("CLAUDE_API_KEY=" + TOKEN);
        sendBack();
    }

    private static void assertPlain(Object value) {
        if (value instanceof Map<?, ?> map) {
            assertThat(map).isExactlyInstanceOf(LinkedHashMap.class);
            map.values().forEach(EngineTest::assertPlain);
        } else if (value instanceof List<?> list) {
            assertThat(list).isExactlyInstanceOf(ArrayList.class);
            list.forEach(EngineTest::assertPlain);
        } else {
            assertThat(value == null || value instanceof String || value instanceof Integer || value instanceof Double
                    || value instanceof Boolean).as("%s", value).isTrue();
        }
    }

    @Test
    void leavesTheHostsAsTheyAreWhenInterruptedAndGoesOnForTheSameBuild() throws Exception {
        push();
        Engine first = engine("build/2/canary/1/", "20s", auto(), false);
        CompletableFuture<Report> left = new CompletableFuture<>();
        Thread waiting = new Thread(() -> left.complete(first.runToEnd()));
        waiting.start();
        awaitConsole("applied: all services at 30 %");
        waiting.interrupt();

        assertThat(left.get().end()).isEqualTo(End.LEFT);
        assertThat(canaryWeight()).isEqualTo(300);

        Report goneOn = engine("build/2/canary/1/", "200ms", auto(), true).runToEnd();
        assertThat(goneOn.end()).as(goneOn.message()).isEqualTo(End.DONE);
        assertThat(canaryWeight()).isEqualTo(600);

        Report again = engine("build/2/canary/1/", "200ms", auto(), true).runToEnd();
        assertThat(again.end()).isEqualTo(End.DONE);
        assertThat(again.facts()).containsEntry("state", "HOLDING");
        sendBack();
    }

    @Test
    void beginsWhatAnEarlierCallNeverBegan() throws Exception {
        push();
        Report report = engine("build/3/canary/1/", "200ms", auto(), true).runToEnd();

        assertThat(report.end()).as(report.message()).isEqualTo(End.DONE);
        assertThat(report.facts()).containsEntry("state", "HOLDING");
        sendBack();
    }

    @Test
    void turnsBackWhenToldToStop() throws Exception {
        push();
        Engine engine = engine("build/4/canary/1/", "20s", auto(), false);
        String running = id;
        CompletableFuture<Report> ended = CompletableFuture.supplyAsync(engine::runToEnd);
        awaitConsole("applied: all services at 30 %");

        assertThat(Engine.stopRunning("another", Wish.TURN_BACK)).isFalse();
        assertThat(crossing(new StopCall(running, Wish.TURN_BACK)).call()).isTrue();
        assertThat(ended.get().end()).isEqualTo(End.ROLLED_BACK);
        assertThat(canaryWeight()).isZero();
    }

    @Test
    void holdsTheShareWhenToldTo() throws Exception {
        push();
        Engine engine = engine("build/5/canary/1/", "20s", auto(), false);
        CompletableFuture<Report> ended = CompletableFuture.supplyAsync(engine::runToEnd);
        awaitConsole("applied: all services at 30 %");
        engine.stop(Wish.HOLD);

        assertThat(ended.get().end()).isEqualTo(End.DONE);
        assertThat(ended.get().facts()).containsEntry("state", "HOLDING");
        assertThat(canaryWeight()).isEqualTo(300);
        sendBack();
    }

    @Test
    void refusesAHostWithAnotherKey() throws Exception {
        String plan = host.plan(List.of("backend")).replaceFirst("host: \\{.*\\}", "host: {address: prod}");
        HostAccess stranger = new HostAccess("edge",
                new Vouched("127.0.0.1", host.sshd().port(), TestSshd.USER,
                        "[127.0.0.1]:" + host.sshd().port() + " ssh-ed25519"
                                + " AAAAC3NzaC1lZDI1NTE5AAAAIJ2Qm3s7Z9cXJ4xq0zY8m0b1m2n3o4p5q6r7s8t9u0v1\n", ""),
                new Key("deploy-key", "", Files.readString(host.sshd().key()), ""));
        EngineCall.Task task = new EngineCall.Task("x", plan, "canary.yml", -1, host.home().toString(), "", "", "a test",
                "build/6/canary/1/", new ArrayList<>(), NoticeSettings.NONE, new Directions("", "", NEXT));
        Report report = new Engine(task, auto(), List.of(stranger), EngineCall.Env.NONE, false,
                new PrintStream(console, true, StandardCharsets.UTF_8), events).runToEnd();

        assertThat(report.end()).isEqualTo(End.REFUSED);
        assertThat(report.message()).contains("key");
    }
}
