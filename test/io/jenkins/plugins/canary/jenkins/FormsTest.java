package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.verb.POST;

/** Views, help and texts, as far as they can be checked without Jenkins. */
class FormsTest {

    private static final Path SOURCES = Path.of("src/io/jenkins/plugins/canary/jenkins");
    private static final Path VIEWS = Path.of("resources/io/jenkins/plugins/canary/jenkins");
    private static final List<Class<?>> STEPS = List.of(CanaryDeployStep.class, SetNginxWeightsStep.class,
            PromoteCanaryStep.class, RollbackStableStep.class, CanaryNotifyStep.class);
    private static final Pattern INLINE =
            Pattern.compile("<script(?![^>]*\\bsrc=)|\\son[a-z]+\\s*=|javascript:|\\sstyle\\s*=", Pattern.CASE_INSENSITIVE);
    private static final Pattern VIEW_TEXT = Pattern.compile("\\$\\{%([^}(]+)");
    private static final Pattern MESSAGE = Pattern.compile("\"((?:[A-Z]\\w+)\\.[a-z]\\w+)\"");

    /** A parameter of a form, and the class whose help may describe it or one above. */
    private record Parameter(Class<?> type, String name) {

        @Override
        public String toString() {
            return type.getSimpleName() + "." + name;
        }
    }

    static Stream<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(List.of(
                new Parameter(NamedHost.class, "name"), new Parameter(NamedHost.class, "address")));
        List<Class<?>> bound = new ArrayList<>(STEPS);
        bound.addAll(List.of(CanaryConfiguration.class, NamedHost.class));
        for (Class<?> type : bound) {
            for (Method method : type.getMethods()) {
                if (method.isAnnotationPresent(DataBoundSetter.class) && !method.isBridge()) {
                    String name = method.getName().substring(3);
                    parameters.add(new Parameter(type, name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)));
                }
            }
        }
        return parameters.stream();
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void helpsWithEveryParameterInBothLanguagesWithAnExample(Parameter parameter) throws IOException {
        for (String language : List.of("", "_ko")) {
            String help = Files.readString(find(parameter.type(), "help-" + parameter.name() + language + ".html"));

            assertThat(help).contains(language.isEmpty() ? "Example:" : "예:");
            assertThat(isKorean(help)).isEqualTo(!language.isEmpty());
            assertThat(parsed(help)).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void hasAFieldForEveryParameter(Parameter parameter) throws IOException {
        String form = Files.readString(find(parameter.type(), "config.jelly"));
        if (form.contains("common.jelly")) {
            form += Files.readString(find(parameter.type(), "common.jelly"));
        }

        assertThat(form).contains("field=\"" + parameter.name() + "\"");
    }

    @Test
    void helpsWithEveryStepInBothLanguages() {
        assertThat(STEPS).allSatisfy(step -> {
            assertThat(find(step, "help.html")).exists();
            assertThat(find(step, "help_ko.html")).exists();
        });
    }

    static Stream<Path> views() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("resources"))) {
            return files.filter(file -> file.toString().endsWith(".jelly")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("views")
    void escapesByDefaultAndHasNothingInline(Path view) throws IOException {
        String text = Files.readString(view);

        assertThat(text).startsWith("<?jelly escape-by-default='true'?>");
        assertThat(parsed(text)).isNotNull();
        assertThat(INLINE.matcher(text).results().map(found -> found.group())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("views")
    void hasAKoreanWordForEveryWordOfAView(Path view) throws IOException {
        Set<String> words = new TreeSet<>();
        Matcher texts = VIEW_TEXT.matcher(Files.readString(view));
        while (texts.find()) {
            words.add(texts.group(1));
        }
        Path korean = Path.of(view.toString().replace(".jelly", "_ko.properties"));

        assertThat(words.isEmpty() ? words : keys(korean)).containsAll(words);
    }

    @Test
    void hasEveryMessageInBothLanguages() throws IOException {
        Set<String> english = keys(VIEWS.resolve("Messages.properties"));

        assertThat(keys(VIEWS.resolve("Messages_ko.properties"))).isEqualTo(english);
        assertThat(english).containsAll(messagesInSources());
    }

    @Test
    void namesEveryStateAndTypeOfEvent() throws IOException {
        Set<String> english = keys(VIEWS.resolve("Messages.properties"));

        assertThat(english).containsAll(Stream.of(io.jenkins.plugins.canary.event.State.values())
                .map(state -> "State." + state).toList());
        assertThat(english).containsAll(Stream.of(io.jenkins.plugins.canary.event.Event.Type.values())
                .map(type -> "Type." + type).toList());
    }

    @Test
    void takesFormMethodsByPostOnly() throws IOException, ClassNotFoundException {
        List<Method> methods = new ArrayList<>();
        for (Path source : sources()) {
            addMethods(Class.forName(packageName() + "." + nameOf(source)), methods);
        }

        assertThat(methods).hasSizeGreaterThan(20)
                .allSatisfy(method -> assertThat(method.isAnnotationPresent(POST.class)).as(method.toString()).isTrue());
    }

    @Test
    void givesEveryDescribableAConstructorForItsForm() {
        assertThat(Stream.concat(STEPS.stream(), Stream.of(NamedHost.class)))
                .allSatisfy(type -> assertThat(type.getConstructors()[0].isAnnotationPresent(DataBoundConstructor.class))
                        .isTrue());
    }

    private static void addMethods(Class<?> type, List<Method> methods) {
        Stream.of(type.getDeclaredMethods()).filter(method -> method.getName().matches("do[A-Z].*")).forEach(methods::add);
        Stream.of(type.getDeclaredClasses()).forEach(inner -> addMethods(inner, methods));
    }

    private static Set<String> messagesInSources() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path source : sources()) {
            Matcher keys = MESSAGE.matcher(Files.readString(source));
            while (keys.find()) {
                used.add(keys.group(1));
            }
        }
        assertThat(used).hasSizeGreaterThan(20);
        return used;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static String packageName() {
        return FormsTest.class.getPackageName();
    }

    private static String nameOf(Path source) {
        return source.getFileName().toString().replace(".java", "");
    }

    /** Where Jenkins finds it: in the folder of the class, else of one above. */
    private static Path find(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            Path file = VIEWS.resolve(each.getSimpleName()).resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new AssertionError("no " + name + " for " + type);
    }

    private static boolean isKorean(String text) {
        return text.codePoints().anyMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HANGUL);
    }

    private static Set<String> keys(Path bundle) throws IOException {
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(bundle)) {
            texts.load(reader);
        }
        return new TreeSet<>(texts.stringPropertyNames());
    }

    private static Object parsed(String xml) {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(xml.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (Exception e) {
            throw new AssertionError("not well-formed: " + e.getMessage(), e);
        }
    }
}
