package io.jenkins.plugins.canary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/plan.md}: its examples are plans, its tables are the records. */
class PlanReferenceTest {

    private static final GeneratedFile PAGE = new GeneratedFile(Path.of("docs/plan.md"));
    private static final String BEGIN = "<!-- Generated from the plan's records: change them, not this. -->\n";
    private static final String END = "<!-- End of what is generated. -->\n";

    @Test
    void describesEveryKeyAsTheRecordsDo() throws IOException {
        String page = PAGE.text();
        assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);

        PAGE.mustBe(page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + tables() + "\n"
                + page.substring(page.indexOf(END)));
    }

    @Test
    void beginsWithAPlanForOneHostInLessThanTwentyLines() throws IOException {
        String yaml = examples().get(0);
        Plan plan = PlanReader.read("docs/plan.md", yaml);

        assertThat(yaml.lines()).hasSizeLessThan(20);
        assertThat(plan.services()).hasSize(1);
        assertThat(plan.hosts()).containsOnlyKeys(Plan.ONLY_HOST);
    }

    @Test
    void goesOnWithThreeServicesOnSeveralHosts() throws IOException {
        Plan plan = PlanReader.read("docs/plan.md", examples().get(1));

        assertThat(plan.services()).hasSize(3);
        assertThat(plan.hosts()).hasSizeGreaterThan(1);
        assertThat(plan.serviceHosts()).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeySaysWhatItIsForAndWhatIsAllowed(PlanKey key) {
        assertThat(key.key().help()).endsWith(".");
        assertThat(key.key().example()).isNotEmpty();
        assertThat(key.key().allowed().isEmpty()).isEqualTo(key.key().pattern().isEmpty());
        assertThat(Double.isFinite(key.key().min())).isEqualTo(Double.isFinite(key.key().max()));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyExampleAndDefaultIsAValueOfItsKey(PlanKey key) {
        Diagnosis diagnosis = new Diagnosis();
        YamlText.compose(key.key().example(), diagnosis)
                .ifPresent(node -> new Binder(diagnosis).bind(key, node));
        assertThat(diagnosis.problems()).isEmpty();

        if (!key.key().byDefault().isEmpty()) {
            assertThatCode(() -> Binder.byDefault(key)).doesNotThrowAnyException();
        }
    }

    static List<PlanKey> keys() {
        return PlanKey.all();
    }

    /** The YAML blocks of the page, in order. */
    static List<String> examples() throws IOException {
        return Pattern.compile("(?s)```yaml\n(.*?)```").matcher(PAGE.text()).results()
                .map(block -> block.group(1)).toList();
    }

    private static String tables() {
        Map<List<String>, List<PlanKey>> places = new LinkedHashMap<>();
        Map<Class<?>, List<String>> parents = new LinkedHashMap<>();
        parents.put(Plan.class, List.of(""));
        PlanKey.all().stream().filter(key -> ScalarType.of(key.valueClass()).isEmpty()).forEach(key ->
                parents.merge(key.valueClass(), List.of(key.path() + (key.isNamed() ? ".<name>" : "")),
                        (some, more) -> Stream.concat(some.stream(), more.stream()).toList()));
        parents.forEach((record, paths) -> places.put(paths, PlanKey.of("", record)));
        return places.entrySet().stream().map(place -> table(place.getKey(), place.getValue()))
                .collect(Collectors.joining());
    }

    private static String table(List<String> parents, List<PlanKey> keys) {
        String title = parents.equals(List.of("")) ? "The top level"
                : parents.stream().map(Text::quote).collect(Collectors.joining(" and "));
        return "\n### " + title + "\n\n| Key | Type | Default | What it is for | Example |\n"
                + "| --- | --- | --- | --- | --- |\n"
                + keys.stream().map(PlanReferenceTest::row).collect(Collectors.joining());
    }

    private static String row(PlanKey key) {
        String byDefault = key.isRequired() ? "**required**"
                : key.key().byDefault().isEmpty() ? "" : code(key.key().byDefault());
        String allowed = key.key().allowed().isEmpty() ? "" : " Use " + key.key().allowed() + ".";
        String range = key.range().map(words -> " " + words + ".").orElse("");
        return List.of(code(key.name()), type(key), byDefault, cell(key.key().help() + allowed + range),
                code(key.key().example())).stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String type(PlanKey key) {
        String value = ScalarType.of(key.valueClass())
                .map(scalar -> switch (scalar) {
                    case TEXT -> "text";
                    case WHOLE_NUMBER -> "whole number";
                    case NUMBER -> "number";
                    case DURATION -> "duration";
                    case SIZE -> "size";
                    case TRUTH, CHOICE -> scalar.words(key.valueClass());
                })
                .orElse("mapping");
        return key.isList() ? "list of " + value + "s" : key.isNamed() ? "mapping by name" : value;
    }

    private static String code(String text) {
        return "`" + cell(text) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
