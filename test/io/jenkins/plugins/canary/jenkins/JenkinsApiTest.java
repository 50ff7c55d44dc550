package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What this compiles against must be what Jenkins has: each signature of {@code jenkins-api/} against
 * {@code jenkins-api/members.txt}, which was read from the real classes.
 */
class JenkinsApiTest {

    private static final Path SIGNATURES = Path.of("jenkins-api");
    private static final Map<String, RealType> REAL = read();
    private static final Set<String> SUPERS_ONLY =
            REAL.values().stream().flatMap(type -> type.supers().stream()).collect(Collectors.toSet());

    /** A type as Jenkins has it; names with slashes. */
    private record RealType(Set<String> modifiers, String kind, List<String> supers, Map<String, RealMember> members) {}

    private record RealMember(Set<String> modifiers, Set<String> thrown) {}

    static List<Class<?>> signatures() throws IOException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SIGNATURES)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).sorted().toList()) {
                String name = SIGNATURES.relativize(file).toString().replace(".java", "").replace('/', '.');
                addWithInner(loaded(name), types);
            }
        }
        return types;
    }

    private static void addWithInner(Class<?> type, List<Class<?>> types) {
        types.add(type);
        for (Class<?> inner : type.getDeclaredClasses()) {
            addWithInner(inner, types);
        }
    }

    private static Class<?> loaded(String name) {
        try {
            return Class.forName(name, false, JenkinsApiTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void knowsManyTypes() throws IOException {
        assertThat(signatures()).hasSizeGreaterThan(50);
        assertThat(REAL).hasSizeGreaterThan(200);
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void isAsJenkinsHasIt(Class<?> type) {
        RealType real = REAL.get(internal(type));
        if (real == null && SUPERS_ONLY.contains(internal(type))) {
            // Only a link in the chain of super types; nothing of it is used.
            assertThat(type.getDeclaredMethods()).isEmpty();
            assertThat(type.getDeclaredFields()).isEmpty();
            return;
        }
        assertThat(real).as("members.txt has %s", type.getName()).isNotNull();
        assertThat(kind(type)).isEqualTo(real.kind());
        if (real.kind().equals("class")) {
            assertThat(Modifier.isFinal(type.getModifiers())).as("final").isEqualTo(real.modifiers().contains("final"));
            assertThat(Modifier.isAbstract(type.getModifiers())).as("abstract")
                    .isEqualTo(real.modifiers().contains("abstract"));
        }
        assertThat(superTypes(type)).isSubsetOf(allSupers(internal(type)));
        for (Executable member : executables(type)) {
            requireSame(type, member, name(member) + " " + descriptor(member));
        }
        for (Field field : type.getDeclaredFields()) {
            if (!field.isSynthetic() && !Modifier.isPrivate(field.getModifiers())) {
                RealMember same = real.members().get(field.getName() + " " + field.getType().descriptorString());
                assertThat(same).as("Jenkins has %s", field).isNotNull();
                assertThat(Modifier.isStatic(field.getModifiers())).isEqualTo(same.modifiers().contains("static"));
            }
        }
    }

    private static void requireSame(Class<?> type, Executable member, String key) {
        RealMember same = REAL.get(internal(type)).members().get(key);
        assertThat(same).as("Jenkins has %s in %s", key, type.getName()).isNotNull();
        int modifiers = member.getModifiers();
        assertThat(Modifier.isStatic(modifiers)).as("%s static", key).isEqualTo(same.modifiers().contains("static"));
        assertThat(Modifier.isAbstract(modifiers)).as("%s abstract", key)
                .isEqualTo(same.modifiers().contains("abstract"));
        assertThat(Modifier.isFinal(modifiers)).as("%s final", key).isEqualTo(same.modifiers().contains("final"));
        assertThat(Modifier.isPublic(modifiers)).as("%s public", key).isEqualTo(same.modifiers().contains("public"));
        Set<String> thrown =
                Arrays.stream(member.getExceptionTypes()).map(JenkinsApiTest::internal)
                        .filter(JenkinsApiTest::isChecked).collect(Collectors.toSet());
        Set<String> known = same.thrown().stream().filter(JenkinsApiTest::isChecked).collect(Collectors.toSet());
        assertThat(thrown).as("%s throws", key).isEqualTo(known);
    }

    /** Only those matter to a caller; one that is not in the class path can't be named in a signature. */
    private static boolean isChecked(String name) {
        try {
            Class<?> type = Class.forName(name.replace('/', '.'), false, JenkinsApiTest.class.getClassLoader());
            return !RuntimeException.class.isAssignableFrom(type);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static List<Executable> executables(Class<?> type) {
        List<Executable> all = new ArrayList<>();
        boolean isEnum = type.isEnum();
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (!isEnum) {
                all.add(constructor);
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (!isEnum || !Set.of("values", "valueOf", "$values").contains(method.getName())) {
                all.add(method);
            }
        }
        // The constructor that javac adds to a type without one stands for whatever Jenkins has.
        return all.stream().filter(member -> !member.isSynthetic() && !Modifier.isPrivate(member.getModifiers()))
                .filter(member -> !(member instanceof Constructor<?> && member.getParameterCount() == 0
                        && !REAL.get(internal(type)).members().containsKey("<init> ()V"))).toList();
    }

    private static String name(Executable member) {
        return member instanceof Constructor<?> ? "<init>" : member.getName();
    }

    private static String descriptor(Executable member) {
        Class<?> returned = member instanceof Method method ? method.getReturnType() : void.class;
        return MethodType.methodType(returned, member.getParameterTypes()).descriptorString();
    }

    private static Set<String> superTypes(Class<?> type) {
        Set<String> all = new HashSet<>();
        if (type.getSuperclass() != null) {
            all.add(internal(type.getSuperclass()));
        }
        Arrays.stream(type.getInterfaces()).map(JenkinsApiTest::internal).forEach(all::add);
        return all;
    }

    /** Those that stand there, and theirs as far as they are known. */
    private static Set<String> allSupers(String type) {
        Set<String> all = new HashSet<>(Set.of("java/lang/Object"));
        if (REAL.containsKey(type)) {
            for (String direct : REAL.get(type).supers()) {
                all.add(direct);
                all.addAll(allSupers(direct));
            }
        }
        return all;
    }

    private static String kind(Class<?> type) {
        return type.isAnnotation() ? "annotation" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private static Map<String, RealType> read() {
        try {
            Map<String, RealType> types = new HashMap<>();
            RealType open = null;
            for (String line : Files.readAllLines(SIGNATURES.resolve("members.txt"))) {
                if (line.startsWith("  method ") || line.startsWith("  field ")) {
                    addMember(line, open);
                } else if (!line.isBlank() && !line.startsWith("#") && !line.startsWith(" ")) {
                    open = addType(line, types);
                }
            }
            return types;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RealType addType(String line, Map<String, RealType> types) {
        List<String> words = List.of(line.split("  sig ")[0].split(" "));
        int kind = words.indexOf(words.stream()
                .filter(Set.of("class", "interface", "enum", "annotation")::contains).findFirst().orElseThrow());
        List<String> supers = words.subList(kind + 2, words.size()).stream()
                .filter(word -> !Set.of("extends", "implements", "").contains(word)).toList();
        RealType type =
                new RealType(Set.copyOf(words.subList(0, kind)), words.get(kind), supers, new HashMap<>());
        types.put(words.get(kind + 1), type);
        return type;
    }

    private static void addMember(String line, RealType type) {
        String plain = line.split("  sig ")[0];
        String[] parts = plain.split(" throws ");
        Set<String> thrown = parts.length > 1 ? Set.of(parts[1].strip().split(" ")) : Set.of();
        List<String> words = List.of(parts[0].strip().split(" "));
        int name = line.startsWith("  field ")
                ? firstAfterModifiers(words)
                : words.size() - 2;
        String descriptor = words.get(name + 1).replaceAll(";;$", ";");
        type.members().put(words.get(name) + " " + descriptor,
                new RealMember(Set.copyOf(words.subList(1, name)), thrown));
    }

    private static int firstAfterModifiers(List<String> words) {
        int i = 1;
        while (Set.of("public", "protected", "static", "final", "volatile", "transient").contains(words.get(i))) {
            i++;
        }
        return i;
    }
}
