package io.jenkins.plugins.canary.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of the vars' help and of the documentation does what it says, as it stands. */
class ExamplesOfVarsTest {

    private static final Pattern IN_HELP = Pattern.compile("(?m)(?:^ {4}.*\n?)+");
    private static final Pattern IN_PAGE = Pattern.compile("(?s)```groovy\n(.*?)```");

    static Stream<String> examples() throws IOException {
        Stream<String> help = VarHelpTest.vars().stream().map(var -> read("vars/" + var + ".txt"))
                .flatMap(text -> IN_HELP.matcher(text).results().map(block -> block.group().stripTrailing().stripIndent()));
        Stream<String> pages = Stream.of("docs/library.md", "docs/getting-started.md").map(ExamplesOfVarsTest::read)
                .flatMap(page -> IN_PAGE.matcher(page).results().map(block -> block.group(1)));
        // Declarative has a transformation of its own; a var is no Jenkinsfile.
        return Stream.concat(help, pages).filter(example -> !example.contains("pipeline {"))
                .filter(example -> !example.startsWith("def call("));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void runsAsItStands(String example) {
        PipelineRun run = App.build(Mode.SANDBOXED)
                .answer("setNginxWeights", step -> App.result("HOLDING"))
                .answer("promoteCanary", step -> App.result("SUCCEEDED"))
                .answer("rollbackStable", step -> App.done("rollback"))
                .answer("input", step -> new java.util.LinkedHashMap<>(java.util.Map.of(
                        "decision", "hold", "approver", "kim")))
                .run((example.startsWith("notifyMattermost") ? "def result = canaryDeploy()\n" : "")
                        + example.replace("@Library('canary-deploy') _\n", ""));

        assertThat(run.failure()).isEmpty();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
