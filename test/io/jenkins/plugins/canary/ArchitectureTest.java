package io.jenkins.plugins.canary;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.canary";

    /** From the faces down; a package may use those of its own line and of the lines below, without cycles. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("jenkins", "cli"),
            List.of("rollout"),
            List.of("preflight", "release", "health", "routing", "container", "analysis"),
            List.of("nginx", "host"),
            List.of("commands"),
            List.of("notice"),
            List.of("event"),
            List.of("plan"));

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<List<String>> layers() {
        return LAYERS.stream();
    }

    @Test
    void givesEveryPackageALayer() {
        List<String> known = LAYERS.stream().flatMap(List::stream).toList();

        assertThat(ENGINE.stream().map(ArchitectureTest::topPackage).distinct()).isSubsetOf(known);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void importsNothingFromAbove(List<String> layer) {
        List<String> above = LAYERS.subList(0, LAYERS.indexOf(layer)).stream().flatMap(List::stream).toList();

        noClasses().that().resideInAnyPackage(packages(layer)).should().dependOnClassesThat()
                .resideInAnyPackage(packages(above)).allowEmptyShould(true).check(ENGINE);
    }

    @Test
    void hasNoCycleBetweenPackages() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(ENGINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "commands", "analysis", "event"})
    void doesNoInputOrOutput(String name) {
        noClasses().that().resideInAnyPackage(packages(List.of(name))).should()
                .dependOnClassesThat(doInputOrOutput()).check(ENGINE);
    }

    /** A plan is read from a file in one place. */
    @Test
    void readsAFileInThePlanOnlyWhereAPlanIsRead() {
        noClasses().that().resideInAnyPackage(packages(List.of("plan"))).and().haveSimpleNameNotEndingWith("PlanReader")
                .should().dependOnClassesThat(doInputOrOutput()).check(ENGINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"preflight", "release", "routing", "container"})
    void reachesAHostThroughItsInterfaceOnly(String name) {
        noClasses().that().resideInAnyPackage(packages(List.of(name))).should()
                .dependOnClassesThat(resideInAnyPackage("java.nio.file..", "java.net..", "com.jcraft.."))
                .orShould().dependOnClassesThat().areAssignableTo(ProcessBuilder.class).check(ENGINE);
    }

    /** {@code bin/sandbox} runs them without Maven, and so without the libraries of tests. */
    @ParameterizedTest
    @ValueSource(strings = {"rollout.Chaos", "fixture.Demo", "bench.ConfigBench", "bench.WeightsBench"})
    void aProgramOfTheTestsNeedsNoLibraryOfTests(String program) {
        noClasses().that().haveFullyQualifiedName(ROOT + "." + program).should().transitivelyDependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..").check(new ClassFileImporter().importPackages(ROOT));
    }

    /** Sinks are handed a stream that is open; an exception's type and a stream in memory reach nothing. */
    private static DescribedPredicate<JavaClass> doInputOrOutput() {
        DescribedPredicate<JavaClass> streams = describe("streams in memory or handed over", type ->
                type.isAssignableTo(Throwable.class)
                        || List.of("java.io.PrintStream", "java.io.Serializable", "java.io.ByteArrayOutputStream",
                                "java.io.StringReader", "java.net.URLEncoder").contains(type.getName()));
        return resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "com.jcraft..")
                .and(not(streams))
                .or(describe("processes", type -> type.isEquivalentTo(ProcessBuilder.class)
                        || type.isEquivalentTo(Runtime.class)));
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }

    private static String topPackage(JavaClass type) {
        String inside = type.getPackageName().substring(ROOT.length());
        return inside.isEmpty() ? "" : inside.substring(1).split("\\.")[0];
    }
}
