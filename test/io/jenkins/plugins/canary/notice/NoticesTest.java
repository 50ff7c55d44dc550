package io.jenkins.plugins.canary.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.event.State;
import java.io.IOException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices on their way to servers that behave, and that do not. */
class NoticesTest {

    /** {@link Notices#LONGEST_WAIT} and what a busy machine adds. */
    private static final Duration BOUND = Duration.ofSeconds(12);

    private final Secrets secrets = new Secrets();
    private final List<String> warnings = new ArrayList<>();
    private ChatServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ChatServer();
    }

    @AfterEach
    void givesNoSecretAwayAndEnds() {
        server.close();
        assertThat(String.join("\n", warnings))
                .doesNotContain(ChatServer.KEY, ChatServer.TOKEN, ChatServer.TOKEN.substring(10), server.address());
    }

    @Test
    void postsAnAttachmentAsMattermostDocumentsIt() {
        tell(server.mattermost(), Outcomes.rolledBack());

        assertThat(warnings).isEmpty();
        JsonObject attachment = server.attachment();
        assertThat(server.posted().get(0).keySet()).containsExactly("attachments");
        assertThat(attachment.get("fallback").getAsString()).isEqualTo("shop: canary-auto failed and was rolled back");
        assertThat(attachment.get("title")).isEqualTo(attachment.get("fallback"));
        assertThat(attachment.get("title_link").getAsString()).isEqualTo(Outcomes.DIRECTIONS.page());
        assertThat(attachment.get("color").getAsString()).isEqualTo("#c62828");
        assertThat(attachment.get("text").getAsString()).isEqualTo("Users get what they got before.\n\n```\n"
                + Outcomes.CAUSE + "\n```\n\n[Canary page](https://ci.example.test/job/shop/7/canary/) · "
                + "[Build log](https://ci.example.test/job/shop/7/console)");
        JsonArray fields = attachment.getAsJsonArray("fields");
        assertThat(fields.get(0)).isEqualTo(JsonParser.parseString(
                "{\"title\":\"Type\",\"value\":\"canary-auto\",\"short\":true}"));
        assertThat(fields).hasSize(8);
    }

    @Test
    void sendsAMessageAsTelegramDocumentsIt() {
        tell(server.telegram(), Outcomes.rolledBack());

        assertThat(warnings).isEmpty();
        JsonObject message = server.posted().get(0);
        assertThat(message.get("chat_id").getAsLong()).isEqualTo(-1001234567890L);
        assertThat(message.get("parse_mode").getAsString()).isEqualTo("HTML");
        String text = message.get("text").getAsString();
        assertThat(text).startsWith("<b>shop: canary-auto failed and was rolled back</b>\n\n")
                .contains("<b>Commit</b>: 1a2b3c4d5 \"Fix the cart\"", "&lt;using password&gt;",
                        "<a href=\"https://ci.example.test/job/shop/7/console\">Build log</a>");
        assertThat(ChatServer.readable(text)).contains(Outcomes.CAUSE);
    }

    @Test
    void postsIntoAnotherChannel() {
        tell(new NoticeSettings(server.mattermostUrl(), "town-square", "", "", "", "ko", Map.of()), Outcomes.holding());

        assertThat(server.posted().get(0).get("channel").getAsString()).isEqualTo("town-square");
        assertThat(server.attachment().get("title").getAsString()).contains("카나리");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one long line ", "줄\n", "<&>\"' ", "\ud83d\ude80"})
    void keepsWithinTheLimitsOfBothChats(String piece) {
        Event event = Outcomes.of(State.ROLLED_BACK, 1, "stable", Map.of(
                "cause", "the first words " + piece.repeat(20_000) + " the last words",
                "subject", piece.repeat(3_000).strip()));

        tell(server.mattermost(), event);
        tell(server.telegram(), event);

        assertThat(warnings).isEmpty();
        assertThat(server.posted()).hasSize(2);
        assertThat(server.attachment(0).get("text").getAsString()).contains("the first words", "[…]", "the last words");
        assertThat(ChatServer.readable(server.posted().get(1).get("text").getAsString()))
                .contains("the first words", "[…]", "the last words");
        assertThat(server.requests()).noneMatch(text -> text.contains("\ufffd") || text.contains("?"));
    }

    @Test
    void takesNoTextForMarkup() {
        tell(server.mattermost(), Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of(
                "subject", "*bold* `code` [a](http://x) <http://y|z> fix_the_cart _so_ ~~no~~",
                "cause", "```\n@channel")));

        assertThat(server.attachment().getAsJsonArray("fields").get(2).getAsJsonObject().get("value").getAsString())
                .isEqualTo("1a2b3c4d5 \"\\*bold\\* \\`code\\` \\[a\\](http://x) \\<http://y\\|z\\> fix_the_cart"
                        + " \\_so\\_ \\~\\~no\\~\\~\"");
        assertThat(server.attachment().get("text").getAsString()).doesNotContain("@channel")
                .containsPattern("(?s)^[^`]*```[^`]*`\u200b``[^`]*```[^`]*$");
    }

    @Test
    void waitsAsLongAsMattermostAsks() {
        server.answerOnce(429, "limit exceeded", Map.of("Retry-After", "1"));
        Instant start = Instant.now();

        tell(server.mattermost(), Outcomes.holding());

        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(server.posted()).hasSize(1);
        assertThat(warnings).isEmpty();
    }

    @Test
    void waitsAsLongAsTelegramAsks() {
        server.answerOnce(429, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 1\","
                + "\"parameters\":{\"retry_after\":1}}", Map.of());
        Instant start = Instant.now();

        tell(server.telegram(), Outcomes.holding());

        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(server.posted()).hasSize(1);
    }

    @Test
    void doesNotWaitForATimeThatIsTooLong() {
        server.answerOnce(429, "limit exceeded", Map.of("Retry-After", "3600"));

        tell(server.mattermost(), Outcomes.holding());

        assertThat(server.requests()).hasSize(1);
        assertThat(warnings).singleElement().asString().contains("Mattermost", "429", "3600 s");
    }

    @Test
    void triesAgainWhereTheChatIsBroken() {
        server.answerOnce(503, "", Map.of());
        server.breakOnce();
        server.answerOnce(500, "<html>", Map.of());

        tell(server.mattermost(), Outcomes.holding());

        assertThat(server.requests()).hasSize(4);
        assertThat(server.posted()).hasSize(1);
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "400 | {\"message\":\"Unable to parse incoming data.\"}",
        "403 | {\"message\":\"Incoming webhooks have been disabled.\"}",
        "404 | <html>",
        "301 | moved"
    })
    void triesNothingTwiceThatIsNoUse(int status, String body) {
        server.answerOnce(status, body, Map.of("Location", server.address() + "/elsewhere"));

        tell(server.mattermost(), Outcomes.holding());

        assertThat(server.requests()).hasSize(1);
        assertThat(warnings).singleElement().asString().startsWith("the notice to Mattermost was not delivered: it"
                + " answered " + status).contains("The rollout is not affected");
    }

    @Test
    void saysWhatTelegramSays() {
        tell(new NoticeSettings("", "", ChatServer.TOKEN, "@nosuch", server.address(), "en", Map.of()),
                Outcomes.holding());
        tell(new NoticeSettings("", "", "1:wrong", ChatServer.CHAT, server.address(), "en", Map.of()),
                Outcomes.holding());
        server.answerOnce(400, "{\"ok\":false,\"description\":\"Bad Request: group chat was upgraded to a supergroup"
                + " chat\",\"parameters\":{\"migrate_to_chat_id\":-100777}}", Map.of());
        tell(server.telegram(), Outcomes.holding());

        assertThat(warnings).hasSize(3);
        assertThat(warnings.get(0)).contains("400 (Bad Request: chat not found)");
        assertThat(warnings.get(1)).contains("401 (Unauthorized)");
        assertThat(warnings.get(2)).contains("another number now: -100777");
    }

    @Test
    void endsInTimeWhereAChatHangs() {
        server.hangOnce();
        Instant start = Instant.now();

        tell(server.mattermost(), Outcomes.holding());

        assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
        assertThat(warnings).singleElement().asString().contains("no answer in time");
    }

    @Test
    void endsInTimeWhereBothHangInTheMiddle() {
        server.hangInBodyOnce();
        server.hangInBodyOnce();
        Instant start = Instant.now();

        tell(new NoticeSettings(server.mattermostUrl(), "", ChatServer.TOKEN, ChatServer.CHAT, server.address(), "en",
                Map.of()), Outcomes.holding());

        assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
        assertThat(warnings).hasSize(2);
    }

    @Test
    void endsInTimeWhereAllIsBrokenForLong() {
        for (int i = 0; i < 20; i++) {
            server.answerOnce(502, "", Map.of());
        }
        Instant start = Instant.now();

        tell(server.mattermost(), Outcomes.holding());

        assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
        assertThat(server.requests()).hasSizeBetween(2, 6);
        assertThat(warnings).singleElement().asString().contains("502");
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        tell(new NoticeSettings("http://127.0.0.1:" + port + "/hooks/" + ChatServer.KEY, "", "", "", "", "en",
                Map.of()), Outcomes.holding());
        tell(new NoticeSettings("http://nosuch.invalid/hooks/" + ChatServer.KEY, "", "", "", "", "en", Map.of()),
                Outcomes.holding());

        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(0)).contains("it can't be reached");
        assertThat(warnings.get(1)).contains("its host name is not known");
    }

    @Test
    void goesOnWithoutWhatIsSetWrongly() {
        tell(new NoticeSettings("https://chat.example.test/ hooks/" + ChatServer.KEY, "", ChatServer.TOKEN, "", "", "",
                Map.of()), Outcomes.holding());
        tell(new NoticeSettings("chat.example.test/hooks/" + ChatServer.KEY, "", ChatServer.TOKEN + " x",
                ChatServer.CHAT, server.address(), "", Map.of()), Outcomes.holding());

        assertThat(warnings).hasSize(4);
        assertThat(warnings.get(0)).contains("Mattermost");
        assertThat(warnings.get(1)).contains("the chat is missing");
        assertThat(warnings.get(3)).contains("does not look like");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void tellsNobodyOfWhatIsNoOutcome() {
        Notices notices = notices(server.mattermost());
        Event hold = Outcomes.holding();
        notices.accept(new Event(hold.time(), hold.rollout(), hold.state(), Event.Type.SHARE, "x", hold.facts()));
        notices.accept(Outcomes.of(State.HOLDING, 0, "status", Map.of()));
        notices.close();

        assertThat(server.requests()).isEmpty();
        assertThat(notices.latest()).isEmpty();
    }

    @Test
    void tellsOfAHoldThatIsWatchedAtOnceAndOfItsEnd() {
        Notices notices = notices(server.mattermost());
        Event hold = Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of("watched", true));
        notices.accept(new Event(hold.time(), hold.rollout(), hold.state(), Event.Type.STATE, "x", hold.facts()));
        notices.accept(Outcomes.rolledBack());
        notices.close();

        assertThat(server.requests()).hasSize(2).anyMatch(text -> text.contains("Its health is watched"))
                .anyMatch(text -> text.contains("failed and was rolled back"));
    }

    @Test
    void saysThatAWatchIsOver() {
        Notices notices = notices(server.mattermost());
        Event hold = Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of("watched", true));
        notices.accept(new Event(hold.time(), hold.rollout(), hold.state(), Event.Type.DONE, "x", hold.facts()));
        notices.accept(Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of("cause", "it was watched for 30 min")));
        notices.close();

        Notice last = notices.latest().orElseThrow();
        assertThat(last.title()).isEqualTo("shop: the canary is not watched any more");
        assertThat(last.quote()).isEqualTo("it was watched for 30 min");
        assertThat(server.posted()).hasSize(2);
    }

    @Test
    void hasTheNoticeForAPipelineWhereNoChatIsSet() {
        Notices notices = notices(NoticeSettings.NONE);
        notices.accept(Outcomes.holding());
        notices.close();

        assertThat(notices.latest().orElseThrow().title()).contains("waits for a decision");
        assertThat(warnings).isEmpty();
    }

    @Test
    void sendsATextOfAPipelinesOwn() {
        Notices notices = notices(server.telegram());
        notices.send(Notice.of(Map.of("title", "Night build", "text", "1 < 2", "link", "https://ci.example.test/")));
        notices.close();

        assertThat(server.posted().get(0).get("text").getAsString()).isEqualTo("<b>Night build</b>\n\n1 &lt; 2\n\n"
                + "<a href=\"https://ci.example.test/\">https://ci.example.test/</a>");
    }

    @Test
    void masksItsSecretsEverywhere() {
        NoticeSettings settings = new NoticeSettings(
                server.mattermostUrl(), "", ChatServer.TOKEN, ChatServer.CHAT, server.address(), "en", Map.of());
        notices(settings).close();

        assertThat(settings.toString()).doesNotContain(ChatServer.KEY, ChatServer.TOKEN);
        assertThat(secrets.mask("GET " + server.mattermostUrl() + " and /bot" + ChatServer.TOKEN + "/getMe, "
                + ChatServer.KEY)).doesNotContain(ChatServer.KEY, ChatServer.TOKEN);
    }

    @Test
    void crossesToAnAgent() throws Exception {
        NoticeSettings settings = new NoticeSettings(server.mattermostUrl(), "town-square", ChatServer.TOKEN,
                ChatServer.CHAT, "", "ko", Map.of("holding.title", "{app}"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(settings);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(settings);
        }
    }

    private void tell(NoticeSettings settings, Event outcome) {
        try (Notices notices = notices(settings)) {
            notices.accept(outcome);
        }
    }

    private Notices notices(NoticeSettings settings) {
        return new Notices(settings, Outcomes.DIRECTIONS, secrets, warnings::add);
    }
}
