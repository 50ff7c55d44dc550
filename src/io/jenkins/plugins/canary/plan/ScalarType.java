package io.jenkins.plugins.canary.plan;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The types that one YAML value without parts can be read as. */
enum ScalarType {
    /** Numbers are texts too, as they are written: {@code listen: 80}, {@code branch: 1.10}. */
    TEXT("a text"),
    WHOLE_NUMBER("a whole number"),
    NUMBER("a number"),
    TRUTH("`true` or `false`"),
    DURATION("a duration such as `500ms`, `30s`, `5m` or `1h`"),
    SIZE("a size such as `500kB`, `100MB` or `1GB`"),
    CHOICE("a choice");

    /** Nine digits of the largest unit still fit a long. */
    static final String DURATION_PATTERN = "([0-9]{1,9})(ms|s|m|h)";

    static final String SIZE_PATTERN = "([0-9]{1,9})(B|kB|MB|GB)";

    private static final Map<Class<?>, ScalarType> BY_CLASS = Map.of(
            String.class, TEXT, int.class, WHOLE_NUMBER, double.class, NUMBER, Double.class, NUMBER,
            boolean.class, TRUTH, Duration.class, DURATION, ByteSize.class, SIZE);
    private static final Map<String, Duration> TIME_UNITS = Map.of(
            "ms", Duration.ofMillis(1), "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));
    private static final Map<String, Long> SIZE_UNITS =
            Map.of("B", 1L, "kB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L);

    private final String words;

    ScalarType(String words) {
        this.words = words;
    }

    static Optional<ScalarType> of(Class<?> type) {
        return Optional.ofNullable(type.isEnum() ? CHOICE : BY_CLASS.get(type));
    }

    /** What is expected, to follow "expected". */
    String words(Class<?> type) {
        return this == CHOICE
                ? labels(type).stream().map(Text::quote).collect(Collectors.joining(" or "))
                : words;
    }

    /** The value, if what is written is of this type; a number too large for its class is the greatest there is. */
    Optional<Object> read(ScalarNode node, Class<?> type) {
        String written = node.getValue();
        Tag tag = node.getTag();
        boolean text = tag.equals(Tag.STR);
        boolean whole = tag.equals(Tag.INT) && written.matches("[-+]?[0-9]+");
        boolean number = whole || tag.equals(Tag.FLOAT) && !written.matches("(?i)[-+]?\\.(inf|nan)");
        return switch (this) {
            case TEXT -> text || tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Optional.of(written) : Optional.empty();
            case WHOLE_NUMBER -> whole ? Optional.of((int) Double.parseDouble(written)) : Optional.empty();
            case NUMBER -> number ? Optional.of(Double.parseDouble(written)) : Optional.empty();
            case TRUTH -> tag.equals(Tag.BOOL) ? Optional.of(Boolean.parseBoolean(written)) : Optional.empty();
            case DURATION -> text ? duration(written) : Optional.empty();
            case SIZE -> text ? size(written) : Optional.empty();
            case CHOICE -> text ? choice(written, type) : Optional.empty();
        };
    }

    /** What a value that could not be read counts as while the rest is checked. */
    Object standIn(Class<?> type) {
        return switch (this) {
            case TEXT -> "";
            case WHOLE_NUMBER -> 0;
            case NUMBER -> 0.0;
            case TRUTH -> false;
            case DURATION -> Duration.ZERO;
            case SIZE -> new ByteSize(0);
            case CHOICE -> type.getEnumConstants()[0];
        };
    }

    /** A value's measure in the unit of {@link Key#min}, if it has one. */
    static Optional<Double> measure(Object value) {
        if (value instanceof Duration duration) {
            return Optional.of(duration.toMillis() / 1000.0);
        }
        if (value instanceof ByteSize size) {
            return Optional.of((double) size.bytes());
        }
        return value instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
    }

    /** A measure as one would write it. */
    String write(double measure) {
        if (this == SIZE) {
            return (long) measure + "B";
        }
        if (this == DURATION) {
            return write(Duration.ofMillis(Math.round(measure * 1000)));
        }
        return BigDecimal.valueOf(measure).stripTrailingZeros().toPlainString();
    }

    /** In the largest unit that leaves no rest. */
    static String write(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        String unit = List.of("h", "m", "s", "ms").stream()
                .filter(each -> millis % TIME_UNITS.get(each).toMillis() == 0)
                .findFirst()
                .orElseThrow();
        return millis / TIME_UNITS.get(unit).toMillis() + unit;
    }

    static List<String> labels(Class<?> choice) {
        return Arrays.stream(choice.getEnumConstants()).map(ScalarType::label).toList();
    }

    private static String label(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Object> choice(String written, Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> label(constant).equals(written))
                .map(Object.class::cast)
                .findFirst();
    }

    static Optional<Object> duration(String written) {
        return split(DURATION_PATTERN, written)
                .map(parts -> TIME_UNITS.get(parts.group(2)).multipliedBy(Long.parseLong(parts.group(1))));
    }

    private static Optional<Object> size(String written) {
        return split(SIZE_PATTERN, written)
                .map(parts -> new ByteSize(SIZE_UNITS.get(parts.group(2)) * Long.parseLong(parts.group(1))));
    }

    private static Optional<Matcher> split(String pattern, String written) {
        return Optional.of(Pattern.compile(pattern).matcher(written)).filter(Matcher::matches);
    }
}
