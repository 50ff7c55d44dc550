package io.jenkins.plugins.canary.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.event.Event;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/notices.md} shows what is really sent, and every text that can be replaced. */
class NoticesPageTest {

    private static final Path PAGE = Path.of("docs/notices.md");
    private static final URI ANYWHERE = URI.create("http://127.0.0.1/");

    @ParameterizedTest
    @ValueSource(strings = {"en", "ko"})
    void showsWhatTelegramGets(String language) throws IOException {
        String text = JsonParser.parseString(body(new Telegram(ANYWHERE, "1").request(write(Outcomes.holding(), language))))
                .getAsJsonObject().get("text").getAsString();

        assertThat(page()).contains("```html\n" + text + "\n```");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "ko"})
    void showsWhatMattermostGets(String language) throws IOException {
        JsonElement post = JsonParser.parseString(
                body(new Mattermost(ANYWHERE, "").request(write(Outcomes.rolledBack(), language))));
        String json = new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create().toJson(post);

        assertThat(page()).contains("```json\n" + json + "\n```");
    }

    @Test
    void namesEveryTextAndEveryPlaceholder() throws IOException {
        List<String> table = page().lines().filter(line -> line.startsWith("| `")).toList();
        ResourceBundle english = ResourceBundle.getBundle("io.jenkins.plugins.canary.notice.Texts", Locale.ENGLISH);

        for (String key : english.keySet()) {
            assertThat(table).as(key).anyMatch(line -> line.contains("`" + key + "`"));
        }
        for (String name : Wording.PLACEHOLDERS) {
            assertThat(table).as(name).anyMatch(line -> line.contains("`{" + name + "}`"));
        }
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    private static Notice write(Event event, String language) {
        NoticeSettings settings = new NoticeSettings("", "", "", "", "", language, Map.of());
        return new NoticeWriter(settings, Outcomes.DIRECTIONS).write(new RolloutFacts(event), false);
    }

    private static String body(HttpRequest.Builder request) {
        BodySubscriber<String> body = BodySubscribers.ofString(StandardCharsets.UTF_8);
        request.build().bodyPublisher().orElseThrow().subscribe(new Flow.Subscriber<ByteBuffer>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                body.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer buffer) {
                body.onNext(List.of(buffer));
            }

            @Override
            public void onError(Throwable e) {
                body.onError(e);
            }

            @Override
            public void onComplete() {
                body.onComplete();
            }
        });
        return body.getBody().toCompletableFuture().join();
    }
}
