package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.JsonSink;
import io.jenkins.plugins.canary.event.State;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class RolloutStoryTest {

    private static final Path EVENTS = Path.of("test/io/jenkins/plugins/canary/jenkins");

    @Test
    void readsStatesSharesAndOutcomeOfAHeldCanary() throws IOException {
        RolloutStory story = RolloutStory.of(events("held"));

        assertThat(story.moments(Type.STATE)).extracting(RolloutStory.Moment::state).containsExactly(State.VALIDATING,
                State.PREPARING, State.DEPLOYING, State.SHIFTING, State.HOLDING);
        assertThat(story.splits()).extracting(split -> split.shares().get("backend")).containsExactly(10.0, 40.0, 70.0);
        assertThat(story.newestSamples().get("python").live()).isEqualTo(70.0);
        assertThat(story.release("subject")).contains("Release 8");
        assertThat(story.end()).hasValueSatisfying(end -> assertThat(end.exitCode()).isZero());
        assertThat(story.unreadable()).isZero();
    }

    @Test
    void saysWhyItWasRolledBack() throws IOException {
        RolloutStory story = RolloutStory.of(events("rolled-back"));

        assertThat(story.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(story.moments(Type.FAILURE)).singleElement()
                .satisfies(failure -> assertThat(failure.message()).contains("is not healthy"));
        assertThat(story.share("backend")).contains(0.0);
    }

    @Test
    void hasNoOutcomeYetWhenARolloutThatWasLeftGoesOn() throws IOException {
        List<String> lines = new ArrayList<>(events("held"));
        lines.add(line(State.VALIDATING, Type.STATE, "reading where it stopped", Map.of()));

        assertThat(RolloutStory.of(lines).end()).isEmpty();
    }

    @Test
    void countsWhatIsNoEventAndGoesOn() throws IOException {
        List<String> lines = new ArrayList<>(events("held"));
        lines.addAll(3, List.of("{\"time\":", "[]", "{}", "{\"time\":\"now\"}",
                "{\"time\":\"2026-11-20T13:47:10Z\",\"state\":\"NEW\",\"type\":\"state\",\"message\":\"\"}",
                "{\"time\":\"2026-11-20T13:47:10Z\",\"state\":\"SHIFTING\",\"type\":\"share\",\"message\":\"\"}"));

        RolloutStory story = RolloutStory.of(lines);

        assertThat(story.unreadable()).isEqualTo(6);
        assertThat(story.end()).isPresent();
    }

    @Test
    void drawsWellFormedSvgThatNeedsNoStyleAndNoScript() throws Exception {
        String svg = ShareChart.svg(RolloutStory.of(events("rolled-back")), Instant.now());

        Document document = parsed(svg);
        assertThat(document.getElementsByTagName("path").getLength()).as("a line a service").isEqualTo(3);
        assertThat(svg).doesNotContain("style=").doesNotContain("<script").doesNotContain("NaN");
    }

    @Test
    void drawsWhatAHostileNameCannotBreakOutOf() throws Exception {
        String name = "</text><script>alert(1)</script>\"'&";
        String share = line(State.SHIFTING, Type.SHARE, "applied",
                Map.of("shares", Map.of(name, 10.0), "generation", 1, "proved", true));

        assertThat(parsed(ShareChart.svg(RolloutStory.of(List.of(share)), Instant.now()))
                .getElementsByTagName("script").getLength()).isZero();
    }

    @Test
    void drawsNothingWhereNoShareIsKnown() {
        assertThat(ShareChart.svg(RolloutStory.of(List.of()), Instant.now())).isEmpty();
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> events(String name) throws IOException {
        return Files.readAllLines(EVENTS.resolve(name + ".ndjson"));
    }

    private static String line(State state, Type type, String message, Map<String, Object> facts) {
        return JsonSink.line(new Event(Instant.parse("2026-11-20T13:48:10Z"), "", state, type, message, facts));
    }
}
