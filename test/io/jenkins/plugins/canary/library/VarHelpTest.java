package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.beans.Introspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kohsuke.stapler.DataBoundSetter;

/** What Jenkins shows of the vars, and what the documentation says of them, is what they have. */
class VarHelpTest {

    static List<String> vars() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("vars"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".groovy"))
                    .map(name -> name.substring(0, name.length() - ".groovy".length())).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("vars")
    void hasHelpWithAnExampleForEachParameter(String var) throws IOException {
        String help = Files.readString(Path.of("vars", var + ".txt"));

        assertThat(help).startsWith(var + ": ");
        assertThat(documented(help)).isEqualTo(new TreeSet<>(parameters(var)));
        for (String parameter : parameters(var)) {
            String entry = help.substring(help.indexOf("\n" + parameter + ": ") + 1);
            String example = entry.substring(entry.indexOf("\n    "));
            assertThat(example.substring(0, example.indexOf('\n', 5))).describedAs(parameter).contains(parameter + ":");
        }
    }

    @ParameterizedTest
    @CsvSource({"canaryDeploy,CanaryDeployStep", "setNginxWeights,SetNginxWeightsStep",
            "promoteCanary,PromoteCanaryStep", "rollbackStable,RollbackStableStep"})
    void hasExactlyTheParametersOfTheStep(String var, String step) throws ClassNotFoundException {
        Class<?> type = Class.forName("io.jenkins.plugins.canary.jenkins." + step);

        assertThat(new TreeSet<>(parameters(var))).isEqualTo(Stream.of(type.getMethods())
                .filter(method -> method.isAnnotationPresent(DataBoundSetter.class))
                .map(setter -> Introspector.decapitalize(setter.getName().substring("set".length())))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @CsvSource("canaryPipeline")
    void isDescribedInTheDocumentation(String var) throws IOException {
        String page = Files.readString(Path.of("docs/library.md"));

        for (String parameter : parameters(var)) {
            assertThat(page).contains("| `" + parameter + "` |");
        }
    }

    /** Lines such as {@code plan: the plan's path}, below the var's own. */
    private static TreeSet<String> documented(String help) {
        return Pattern.compile("(?m)^([a-zA-Z]+): ").matcher(help.substring(help.indexOf('\n'))).results()
                .map(line -> line.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> parameters(String var) {
        Object names = new PipelineRun(Mode.TRUSTED).parameters(Map.of("var", var)).run("""
                import io.jenkins.plugins.canary.library.Parameters
                return params.var == 'canaryPipeline' ? new ArrayList(Parameters.OF_PIPELINE.keySet())
                        : params.var == 'canaryDefaults' ? Parameters.TEAM
                        : params.var == 'notifyMattermost' ? Parameters.OF_NOTICE : Parameters.OF_STEP[params.var]
                """).result();
        return ((List<?>) names).stream().map(Object::toString).toList();
    }
}
