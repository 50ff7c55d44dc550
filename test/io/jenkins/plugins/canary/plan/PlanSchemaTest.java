package io.jenkins.plugins.canary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanSchemaTest {

    private static final GeneratedFile COMMITTED = new GeneratedFile(Path.of("docs/canary.schema.json"));

    @Test
    void isTheCommittedOne() throws IOException {
        COMMITTED.mustBe(PlanSchema.generate().toPrettyString() + "\n");
    }

    @Test
    void acceptsTheExamplesOfTheReferencePage() throws IOException {
        List<String> examples = PlanReferenceTest.examples();

        assertThat(examples).hasSize(2).allSatisfy(yaml -> assertThat(complaints(yaml)).isEmpty());
    }

    /** Each changes the page's first example in one place; reader and schema must agree that it is wrong. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "app: shop               | ap: shop              | required",
        "app: shop               | app: Shop!            | pattern",
        "app: shop               | app: [shop]           | type",
        "app: shop               | app: ''               | pattern",
        "directory: /srv/shop    | directory: srv/shop   | pattern",
        "stable: 8081            | stable: abc           | type",
        "stable: 8081            | stable: 70000         | maximum",
        "stable: 8081            | stable: '8081'        | type",
        "stable: 8081,           |                       | required",
        "backend:                | Back-End:             | propertyNames",
        "[10, 40, 70]            | [10, 170]             | maximum",
        "[10, 40, 70]            | 10                    | type",
        "soak: 30s               | soak: 30              | type",
        "soak: 30s               | soak: 30 s            | pattern",
        "soak: 30s               | onNewRelease: wait    | enum",
        "soak: 30s               | foo: 1                | additionalProperties",
    })
    void refusesWhatTheReaderRefuses(String old, String replacement, String keyword) throws IOException {
        String example = PlanReferenceTest.examples().get(0);
        assertThat(example).contains(old);
        assertBothRefuse(example.replace(old, replacement == null ? "" : replacement), keyword);
    }

    @Test
    void refusesBothFormsOfHostsAndNeither() throws IOException {
        String example = PlanReferenceTest.examples().get(0);

        assertBothRefuse(example + "hosts: {edge: {address: 10.0.0.5}}\n", "oneOf");
        assertBothRefuse(example.replaceFirst("(?m)^host: .*\n", ""), "oneOf");
    }

    private static void assertBothRefuse(String yaml, String keyword) {
        assertThatThrownBy(() -> PlanReader.read("canary.yml", yaml)).isInstanceOf(PlanException.class);
        assertThat(complaints(yaml)).anyMatch(complaint -> complaint.startsWith(keyword + ": "));
    }

    private static List<String> complaints(String yaml) {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(PlanSchema.generate(), SchemaValidatorsConfig.builder().build());
        return schema.validate(PlanSchema.json(yaml)).stream()
                .map(message -> message.getType() + ": " + message.getMessage()).toList();
    }
}
