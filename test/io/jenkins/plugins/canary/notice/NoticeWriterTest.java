package io.jenkins.plugins.canary.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.notice.Notice.Field;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoticeWriterTest {

    private static final String TEXTS = "io.jenkins.plugins.canary.notice.Texts";

    @Test
    void tellsHowToGoOnWithAHeldCanary() {
        Notice notice = write(Outcomes.holding(), "en", Map.of());

        assertThat(notice.title()).isEqualTo("shop: the canary waits for a decision");
        assertThat(notice.text()).isEqualTo("""
                Nobody watches it from here on.
                Promote it: canary promote --plan canary.yml
                Send it back: canary rollback --plan canary.yml""");
        assertThat(notice.link()).isEqualTo(Outcomes.DIRECTIONS.page());
        assertThat(notice.fields()).containsExactly(
                new Field("Type", "canary-auto", true),
                new Field("Started by", "deploy@ci", true),
                new Field("Commit", "1a2b3c4d5 \"Fix the cart\"", false),
                new Field("Author", "Shop team", true),
                new Field("Duration", "1 min 42 s", true),
                new Field("Canary's share", "backend 0.1 % → 70 %", false),
                new Field("Rollout", "20260101T000000-7", true));
        assertThat(notice.quote()).isEmpty();
    }

    @Test
    void tellsWhyAReleaseWasRolledBack() {
        Notice notice = write(Outcomes.rolledBack(), "en", Map.of());

        assertThat(notice.title()).isEqualTo("shop: canary-auto failed and was rolled back");
        assertThat(notice.quote()).startsWith("backend (canary) on edge is not healthy").contains("SQLException");
        assertThat(notice.fields()).contains(
                new Field("Rolled back", "1a2b3c4d5 \"Fix the cart\" by Shop team", false),
                new Field("Canary's share", "backend 0.1 % → 0 %", false));
        assertThat(notice.links()).extracting(Notice.Link::url)
                .containsExactly(Outcomes.DIRECTIONS.page(), Outcomes.DIRECTIONS.log());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SUCCEEDED   | 0 | promote-canary | 0.1 | shop: promote-canary done",
        "SUCCEEDED   | 0 | promote-canary | 99.9 | shop: the canary serves everyone",
        "SUCCEEDED   | 0 | weights        | 0   | shop: shares set",
        "HOLDING     | 0 | weights        | 30  | shop: shares set",
        "HOLDING     | 0 | resume         | 70  | shop: the canary waits for a decision",
        "ROLLED_BACK | 0 | rollback       | 0   | shop: rolled back, as asked",
        "ROLLED_BACK | 1 | stable         | 0   | shop: stable failed and was rolled back",
        "REFUSED     | 3 | canary-auto    | 0   | shop: canary-auto refused",
        "REFUSED     | 4 | canary-auto    | 0   | shop: canary-auto not begun, another rollout is under way",
        "FAILED      | 4 | canary-auto    | 10  | shop: canary-auto stopped, another rollout took over",
        "FAILED      | 5 | rollback       | 10  | shop: a person must look, rollback failed and could not be rolled back"
    })
    void hasATitleForEachEnd(State state, int exitCode, String action, double share, String title) {
        Event event = Outcomes.of(state, exitCode, action, Map.of("services", Outcomes.services(share)));

        assertThat(write(event, "en", Map.of()).title()).isEqualTo(title);
        assertThat(write(event, "ko", Map.of()).title()).startsWith("shop: ").containsPattern("[가-힣]");
    }

    @Test
    void isBriefWhereNothingCameOfIt() {
        Notice notice = write(Outcomes.of(State.REFUSED, 4, "canary-auto",
                Map.of("commit", "", "subject", "", "author", "", "services", Map.of(),
                        "cause", "another rollout holds shop on edge")), "en", Map.of());

        assertThat(notice.fields()).extracting(Field::label).containsExactly("Type", "Started by");
        assertThat(notice.quote()).isEqualTo("another rollout holds shop on edge");
    }

    @Test
    void saysThatACanaryIsWatched() {
        Notice notice = write(Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of("watched", true)), "en", Map.of());

        assertThat(notice.text()).startsWith("Its health is watched");
    }

    @Test
    void writesKorean() {
        Notice notice = write(Outcomes.holding(), "ko", Map.of());

        assertThat(notice.title()).isEqualTo("shop: 카나리가 결정을 기다립니다");
        assertThat(notice.text()).contains("승격: canary promote --plan canary.yml");
        assertThat(notice.fields()).contains(new Field("소요 시간", "1분 42초", true));
    }

    @Test
    void takesTheUsersOwnTexts() {
        Map<String, String> templates = Map.of(
                "holding.title", "@here {app} {commit} by {author}: {shares} ({nosuch})", "field.author", "");

        Notice notice = write(Outcomes.holding(), "en", templates);

        assertThat(notice.title())
                .isEqualTo("@here shop 1a2b3c4d5 \"Fix the cart\" by Shop team: backend 0.1 % → 70 % ({nosuch})");
        assertThat(notice.fields()).extracting(Field::label).doesNotContain("Author");
    }

    @Test
    void neverFillsInWhatAValueHappensToLookLike() {
        Event event = Outcomes.of(State.HOLDING, 0, "canary-auto", Map.of("subject", "{promote} $1 \\ {app}"));

        assertThat(write(event, "en", Map.of("holding.title", "{commit}")).title())
                .isEqualTo("1a2b3c4d5 \"{promote} $1 \\ {app}\"");
    }

    @Test
    void letsACommitsSubjectCallNobody() {
        Event event = Outcomes.of(State.HOLDING, 0, "canary-auto",
                Map.of("subject", "@channel <!here> look", "by", "deploy@ci"));
        Notice notice = write(event, "en", Map.of());

        assertThat(notice.fields().get(2).value()).isEqualTo("1a2b3c4d5 \"@\u200bchannel <\u200b!here> look\"");
        assertThat(notice.fields().get(1).value()).as("an address calls nobody").isEqualTo("deploy@ci");
    }

    @Test
    void namesWhatIsWrongWithTemplates() {
        assertThat(Wording.problems("en", Map.of("holding.titel", "x"))).singleElement().asString()
                .contains("holding.titel").contains("holding.title");
        assertThat(Wording.problems("en", Map.of("holding.title", "{aap}"))).singleElement().asString()
                .contains("{aap}").contains("app");
        assertThat(Wording.problems("fr", Map.of())).singleElement().asString().contains("`fr`", "[en, ko]");
        assertThat(Wording.problems("ko", Map.of("holding.title", "{app}", "duration.seconds", "{seconds}s")))
                .isEmpty();
    }

    @Test
    void hasEveryTextInBothLanguages() {
        ResourceBundle english = ResourceBundle.getBundle(TEXTS, Locale.ENGLISH);
        ResourceBundle korean = ResourceBundle.getBundle(TEXTS, Locale.KOREAN);

        assertThat(korean.getLocale()).isEqualTo(Locale.KOREAN);
        assertThat(english.keySet()).isEqualTo(korean.keySet());
        for (String key : english.keySet()) {
            assertThat(placeholders(korean.getString(key))).as(key).isEqualTo(placeholders(english.getString(key)));
            assertThat(Wording.problems("en", Map.of(key, english.getString(key)))).as(key).isEmpty();
        }
    }

    @Test
    void isAMapOfTextsForAPipeline() {
        Map<String, String> map = write(Outcomes.rolledBack(), "en", Map.of()).asMap();

        assertThat(map.keySet()).containsExactly("title", "link", "colour", "text", "plain");
        assertThat(map.get("colour")).isEqualTo("#c62828");
        assertThat(map.get("plain")).contains("Users get what they got before.", "Type: canary-auto", "SQLException",
                "Build log: https://ci.example.test/job/shop/7/console");
        assertThat(map.get("text")).startsWith("Users get what they got before.")
                .contains("- Author: Shop team", "```\nbackend (canary)", "[Build log](https://ci");
        assertThat(Notice.of(map).text()).isEqualTo(map.get("plain"));
        assertThat(Notice.of(Map.of("text", "of its own")).text()).isEqualTo("of its own");
    }

    private static TreeSet<String> placeholders(String text) {
        TreeSet<String> names = new TreeSet<>();
        Pattern.compile("\\{[A-Za-z]+}").matcher(text).results().forEach(found -> names.add(found.group()));
        return names;
    }

    private static Notice write(Event event, String language, Map<String, String> templates) {
        NoticeSettings settings = new NoticeSettings("", "", "", "", "", language, templates);
        return new NoticeWriter(settings, Outcomes.DIRECTIONS).write(new RolloutFacts(event), false);
    }

    @Test
    void tellsNobodyOfALook() {
        for (String action : List.of("status", "show", "check", "history", "unlock")) {
            assertThat(new RolloutFacts(Outcomes.of(State.HOLDING, 0, action, Map.of())).areOfAChange()).isFalse();
        }
    }
}
