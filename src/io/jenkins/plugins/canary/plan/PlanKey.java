package io.jenkins.plugins.canary.plan;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A key as a record of the plan declares it; the reader, the JSON Schema and the reference page are made from these.
 *
 * @param parent the path of the mapping that has it, with {@code <name>} for names that users choose; empty at the top
 * @param type the component's
 */
record PlanKey(String parent, String name, Key key, Type type) {

    /** What every name that users choose must match: it goes into file names, images and NGINX variables. */
    static final String NAME_PATTERN = "[a-z0-9][a-z0-9_-]{0,39}";

    static final String NAME_ALLOWED =
            "lower-case letters, digits and `_`, `-`, at most 40, the first a letter or a digit";

    static List<PlanKey> of(String parent, Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(component -> of(parent, component)).toList();
    }

    /** Every key there is, those of a mapping after the key that has it. */
    static List<PlanKey> all() {
        return under("", Plan.class).toList();
    }

    String path() {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    boolean isRequired() {
        return raw(type) != Optional.class && key.byDefault().isEmpty();
    }

    /** The class of the value, of a list's values, or of those of a mapping from names. */
    Class<?> valueClass() {
        Type at = type;
        while (at instanceof ParameterizedType) {
            at = argument(at);
        }
        return raw(at);
    }

    boolean isList() {
        return holds(List.class);
    }

    boolean isNamed() {
        return holds(Map.class);
    }

    /** The range in words; nothing where any number will do. */
    Optional<String> range() {
        return ScalarType.of(valueClass()).filter(scalar -> Double.isFinite(key.min()))
                .map(scalar -> Double.isFinite(key.max())
                        ? scalar.write(key.min()) + " to " + scalar.write(key.max())
                        : scalar.write(key.min()) + " or more");
    }

    static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    /** The last type argument: what a list, an optional value or a mapping holds. */
    static Type argument(Type type) {
        Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
        return arguments[arguments.length - 1];
    }

    private boolean holds(Class<?> container) {
        return raw(type) == container || raw(type) == Optional.class && raw(argument(type)) == container;
    }

    private static PlanKey of(String parent, RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        String name = key.name().isEmpty() ? component.getName() : key.name();
        return new PlanKey(parent, name, key, component.getGenericType());
    }

    private static Stream<PlanKey> under(String parent, Class<?> record) {
        return of(parent, record).stream().flatMap(key -> {
            Class<?> value = key.valueClass();
            boolean leaf = ScalarType.of(value).isPresent();
            String inside = key.path() + (key.isNamed() ? ".<name>" : "");
            return Stream.concat(Stream.of(key), leaf ? Stream.empty() : under(inside, value));
        });
    }
}
