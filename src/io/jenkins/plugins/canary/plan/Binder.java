package io.jenkins.plugins.canary.plan;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Nodes to records, by their {@link Key}s. Never stops at the first problem: what cannot be read is replaced by a
 * stand-in and the rest is read, so that a record never holds null.
 */
final class Binder {

    /** The longest text; it bounds the recursion of regular expressions too. */
    static final int MAX_TEXT = 1000;

    private static final String MERGE = "<<";

    private final Diagnosis diagnosis;
    private final Map<MappingNode, Map<String, NodeTuple>> flattened = new HashMap<>();
    private final Set<MappingNode> flattening = new HashSet<>();

    Binder(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    <T extends Record> Optional<T> bind(Class<T> type, Node root) {
        diagnosis.locate("", Place.of(root));
        return readRecord(type, "app: <name>", root, "").map(type::cast);
    }

    /** A single key's value. */
    Optional<Object> bind(PlanKey key, Node node) {
        return read(key, key.type(), node, key.path());
    }

    private Optional<Object> read(PlanKey key, Type type, Node node, String path) {
        Class<?> raw = PlanKey.raw(type);
        if (raw == Optional.class) {
            return read(key, PlanKey.argument(type), node, path).map(Optional::of);
        }
        diagnosis.locate(path, Place.of(node));
        if (raw == List.class) {
            return readList(key, PlanKey.argument(type), node, path);
        }
        if (raw == Map.class) {
            return readMap(key, PlanKey.argument(type), node, path);
        }
        return ScalarType.of(raw)
                .map(scalar -> readScalar(key, scalar, raw, node, path))
                .orElseGet(() -> readRecord(raw, key.key().example(), node, path));
    }

    private Optional<Object> readRecord(Class<?> type, String example, Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            return refuse(node, path, "expected a mapping, found " + found(node),
                    "write for example " + quoted(example));
        }
        Map<String, NodeTuple> entries = entries(mapping, path);
        List<PlanKey> keys = PlanKey.of(path, type);
        refuseUnknown(entries, keys, path);
        Object[] values = keys.stream().map(key -> component(key, entries.get(key.name()), node)).toArray();
        return Optional.of(construct(type, values));
    }

    private Object component(PlanKey key, NodeTuple entry, Node parent) {
        if (entry == null) {
            if (key.isRequired() && diagnosis.isSound(key.path())) {
                diagnosis.refuse(Place.of(parent), key.path(), "is missing", "write for example " + example(key));
            }
            return left(key);
        }
        if (YamlText.isNull(entry.getValueNode())) {
            String remedy = key.isRequired() ? "" : ", or remove the key";
            refuse(entry.getKeyNode(), key.path(), "has no value", "write for example " + example(key) + remedy);
            return left(key);
        }
        return bind(key, entry.getValueNode()).orElseGet(() -> standIn(key.type()));
    }

    private void refuseUnknown(Map<String, NodeTuple> entries, List<PlanKey> keys, String path) {
        Map<String, PlanKey> known = new LinkedHashMap<>();
        keys.forEach(key -> known.put(key.name(), key));
        entries.forEach((name, entry) -> {
            if (!known.containsKey(name)) {
                List<String> left = known.keySet().stream().filter(each -> !entries.containsKey(each)).toList();
                String at = path.isEmpty() ? name : path + "." + name;
                diagnosis.refuse(Place.of(entry.getKeyNode()), at, "is not a key of a plan here",
                        suggestion(name, left, known.keySet()));
                Text.nearest(name, left).ifPresent(meant -> diagnosis.distrust(known.get(meant).path()));
            }
        });
    }

    /** A slip of a letter first, then the same word elsewhere, then a word like it. */
    private static String suggestion(String name, List<String> left, Set<String> known) {
        Optional<String> near = Text.nearest(name, left);
        if (near.filter(meant -> Text.distance(name, meant) <= 1).isEmpty()) {
            Set<String> elsewhere = PlanKey.all().stream()
                    .filter(key -> key.name().equals(name))
                    .map(key -> key.parent().isEmpty() ? "the top level" : Text.quote(key.parent()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (!elsewhere.isEmpty()) {
                return "it belongs under " + String.join(" or ", elsewhere);
            }
        }
        return near.map(meant -> "did you mean " + Text.quote(meant) + "?")
                .orElseGet(() -> "known here: " + String.join(", ", known));
    }

    private Optional<Object> readList(PlanKey key, Type of, Node node, String path) {
        if (!(node instanceof SequenceNode sequence)) {
            String wish = node instanceof ScalarNode scalar
                    ? Text.quote("[" + scalar.getValue() + "]")
                    : "for example " + Text.quote(key.key().example());
            return refuse(node, path, "expected a list, found " + found(node), "write " + wish);
        }
        List<Object> values = new ArrayList<>();
        for (int index = 0; index < sequence.getValue().size(); index++) {
            values.add(read(key, of, sequence.getValue().get(index), path + "[" + index + "]")
                    .orElseGet(() -> standIn(of)));
        }
        return Optional.of(List.copyOf(values));
    }

    private Optional<Object> readMap(PlanKey key, Type of, Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            return refuse(node, path, "expected names with a mapping each, found " + found(node),
                    "write for example " + quoted(key.key().example()));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        entries(mapping, path).forEach((name, entry) -> {
            String at = path + "." + name;
            if (!name.matches(PlanKey.NAME_PATTERN)) {
                refuse(entry.getKeyNode(), at, "the name " + Text.quote(name) + " is not allowed",
                        "use " + PlanKey.NAME_ALLOWED);
            }
            values.put(name, read(key, of, entry.getValueNode(), at).orElseGet(() -> standIn(of)));
        });
        return Optional.of(Collections.unmodifiableMap(values));
    }

    private Optional<Object> readScalar(PlanKey key, ScalarType scalar, Class<?> type, Node node, String path) {
        Optional<Object> value = node instanceof ScalarNode written ? scalar.read(written, type) : Optional.empty();
        if (value.isEmpty()) {
            return refuse(node, path, "expected " + scalar.words(type) + ", found " + found(node),
                    remedy(key, scalar, type, node));
        }
        String written = ((ScalarNode) node).getValue();
        Optional<Double> measure = ScalarType.measure(value.get());
        if (measure.filter(number -> number < key.key().min() || number > key.key().max()).isPresent()) {
            return refuse(node, path, Text.quote(written) + " is out of range",
                    "use " + key.range().orElseThrow());
        }
        return scalar == ScalarType.TEXT ? readText(key, written, node, path) : value;
    }

    private Optional<Object> readText(PlanKey key, String written, Node node, String path) {
        if (written.isEmpty()) {
            return refuse(node, path, "is an empty text", "write for example " + quoted(key.key().example()));
        }
        if (written.length() > MAX_TEXT) {
            return refuse(node, path, "has " + written.length() + " characters", "use at most " + MAX_TEXT);
        }
        if (written.codePoints().anyMatch(Text::isControl)) {
            return refuse(node, path, Text.quote(written) + " has a line end or another control character",
                    "write it on one line");
        }
        if (!key.key().pattern().isEmpty() && !written.matches(key.key().pattern())) {
            return refuse(node, path, Text.quote(written) + " is not allowed", "use " + key.key().allowed());
        }
        return Optional.of(written);
    }

    private static String remedy(PlanKey key, ScalarType scalar, Class<?> type, Node node) {
        if (node instanceof ScalarNode written && !YamlText.isNull(node)) {
            if (scalar == ScalarType.CHOICE) {
                return Text.nearest(written.getValue(), ScalarType.labels(type))
                        .map(meant -> "did you mean " + Text.quote(meant) + "?").orElse("");
            }
            if (scalar == ScalarType.TEXT) {
                return "write " + Text.quote("'" + written.getValue() + "'");
            }
            if (scalar.read(YamlText.plain(written.getValue()), type).isPresent()) {
                return "remove the quotes";
            }
            if (scalar.read(YamlText.plain(written.getValue() + "s"), type).isPresent()) {
                return "write " + Text.quote(written.getValue() + "s") + " for seconds";
            }
        }
        return "write for example " + quoted(key.key().example());
    }

    /** A mapping's entries by key, its own first, then what it merges; each node is worked out once. */
    private Map<String, NodeTuple> entries(MappingNode mapping, String path) {
        Map<String, NodeTuple> known = flattened.get(mapping);
        if (known != null) {
            return known;
        }
        flattening.add(mapping);
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        List<Node> merged = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode name) || YamlText.isNull(name)) {
                refuse(entry.getKeyNode(), path, "expected a key, found " + found(entry.getKeyNode()), "");
            } else if (name.getValue().equals(MERGE) && name.isPlain()) {
                merged.add(entry.getValueNode());
            } else {
                NodeTuple first = entries.putIfAbsent(name.getValue(), entry);
                if (first != null) {
                    refuse(name, path.isEmpty() ? name.getValue() : path + "." + name.getValue(), "is there twice",
                            "remove this one or the one in line " + Place.of(first.getKeyNode()).line());
                }
            }
        }
        merged.stream().flatMap(Binder::each)
                .forEach(source -> merge(source, path).forEach(entries::putIfAbsent));
        flattening.remove(mapping);
        flattened.put(mapping, entries);
        return entries;
    }

    private static Stream<Node> each(Node merged) {
        return merged instanceof SequenceNode sequence ? sequence.getValue().stream() : Stream.of(merged);
    }

    private Map<String, NodeTuple> merge(Node source, String path) {
        if (source instanceof MappingNode mapping && !flattening.contains(mapping)) {
            return entries(mapping, path);
        }
        String message = source instanceof MappingNode
                ? "a mapping cannot merge itself"
                : "`<<` merges a mapping, found " + found(source);
        refuse(source, path, message, "name an anchor of a mapping, as `<<: *name`");
        return Map.of();
    }

    /** What a key has that was left out or left empty. */
    private static Object left(PlanKey key) {
        return key.key().byDefault().isEmpty() ? standIn(key.type()) : byDefault(key);
    }

    /** The default of a key, read as if it had been written. */
    static Object byDefault(PlanKey key) {
        Diagnosis apart = new Diagnosis();
        return YamlText.compose(key.key().byDefault(), apart)
                .flatMap(node -> new Binder(apart).bind(key, node))
                .filter(value -> apart.problems().isEmpty())
                .orElseThrow(() -> new IllegalStateException(
                        "The default of " + key.path() + " is wrong: " + apart.problems()));
    }

    private static Object standIn(Type type) {
        Class<?> raw = PlanKey.raw(type);
        if (raw == Optional.class) {
            return Optional.empty();
        }
        if (raw == List.class) {
            return List.of();
        }
        if (raw == Map.class) {
            return Map.of();
        }
        return ScalarType.of(raw).map(scalar -> scalar.standIn(raw))
                .orElseGet(() -> construct(raw, PlanKey.of("", raw).stream().map(Binder::left).toArray()));
    }

    private static Object construct(Class<?> type, Object... values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Cannot make a " + type.getName(), impossible);
        }
    }

    private Optional<Object> refuse(Node at, String path, String message, String suggestion) {
        diagnosis.refuse(Place.of(at), path, message, suggestion);
        return Optional.empty();
    }

    private static String example(PlanKey key) {
        return quoted(key.name() + ": " + key.key().example());
    }

    private static String quoted(String example) {
        return "`" + example + "`";
    }

    private static String found(Node node) {
        if (node instanceof ScalarNode scalar) {
            Tag tag = scalar.getTag();
            if (YamlText.isNull(node)) {
                return "nothing";
            }
            String kind = tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? "the number "
                    : tag.equals(Tag.BOOL) ? "" : "the text ";
            return kind + Text.quote(scalar.getValue());
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
