package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.plan.PlanReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The services that the form has a field for. */
class PlanTextTest {

    static Stream<Arguments> plans() {
        return Stream.of(
                Arguments.of("block", "services:\n  backend:\n    ports: {stable: 1}\n  python: {a: 1}\n",
                        List.of("backend", "python")),
                Arguments.of("deeper indent", "services:\n      backend:\n          host: a\n      web:\n",
                        List.of("backend", "web")),
                Arguments.of("comments and blank lines",
                        "# services:\nservices: # all\n\n  # backend:\n  backend: # the API\n\n    host: a\n# end\n",
                        List.of("backend")),
                Arguments.of("quoted names", "\"services\":\n  'backend':\n  \"front-end\" :\n",
                        List.of("backend", "front-end")),
                Arguments.of("followed by another key", "services:\n  backend:\nrollout:\n  steps: [10]\n",
                        List.of("backend")),
                Arguments.of("flow", "services: {backend: {ports: {stable: 1}}, python: {a: [b, c]}}\nrollout: {}\n",
                        List.of("backend", "python")),
                Arguments.of("flow over lines", "services: {\n  backend: {a: 1},\n  python: {b: 2}\n}\n",
                        List.of("backend", "python")),
                Arguments.of("an anchor", "services: &all\n  backend: &one\n    host: a\n", List.of("backend")),
                Arguments.of("Windows' line ends", "services:\r\n  backend:\r\n    host: a\r\n", List.of("backend")),
                Arguments.of("a nested key of that name", "x:\n  services:\n    a:\n", List.of()),
                Arguments.of("an alias", "services: *some\n", List.of()),
                Arguments.of("none", "app: shop\n", List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plans")
    void findsTheServices(String what, String plan, List<String> services) {
        assertThat(services(plan)).isEqualTo(services);
    }

    /** The plans of the documentation, read by the engine as well. */
    @Test
    void findsThoseThatTheEngineReads() throws IOException {
        List<String> plans = Pattern.compile("(?s)```yaml\n(app: .*?)```").matcher(Files.readString(Path.of("docs/plan.md")))
                .results().map(block -> block.group(1)).toList();

        assertThat(plans).isNotEmpty().allSatisfy(plan -> assertThat(services(plan))
                .isEqualTo(new ArrayList<>(PlanReader.read("docs/plan.md", plan).services().keySet())));
    }

    private static Object services(String plan) {
        PipelineRun run = new PipelineRun(Mode.TRUSTED).parameters(Map.of("plan", plan)).run("""
                import io.jenkins.plugins.canary.library.PlanText
                return PlanText.services(params.plan)
                """);
        assertThat(run.failure()).isEmpty();
        return run.result();
    }
}
