package io.jenkins.plugins.canary.plan;

import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A text as YAML nodes, within bounds: a plan comes from a repository that others may push to, and composing is
 * recursive, so a text of brackets alone would end in a stack overflow.
 */
final class YamlText {

    /** In characters; the plan of a hundred services needs a tenth of it. */
    static final int MAX_LENGTH = 256 * 1024;

    static final int MAX_DEPTH = 32;
    static final int MAX_ALIASES = 200;

    private static final Set<String> TAGS = Set.of(
            "!", Tag.STR.getValue(), Tag.INT.getValue(), Tag.FLOAT.getValue(), Tag.BOOL.getValue(),
            Tag.NULL.getValue(), Tag.SEQ.getValue(), Tag.MAP.getValue());

    /** Without merge keys: the composer's own merging takes exponential time, {@link Binder} does it. */
    private static final ScalarResolver RESOLVER = new CoreScalarResolver(false);

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setSchema(new CoreSchema() {
                @Override
                public ScalarResolver getScalarResolver() {
                    return RESOLVER;
                }
            })
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setAllowNonScalarKeys(true)
            .setAllowRecursiveKeys(false)
            .setParseComments(false)
            .build();

    private YamlText() {}

    /** The only document of a text; nothing where it cannot be had, and the diagnosis says why. */
    static Optional<Node> compose(String yaml, Diagnosis diagnosis) {
        if (yaml.length() > MAX_LENGTH) {
            diagnosis.refuse(Place.WHOLE_FILE, "", "has " + yaml.length() + " characters; a plan has at most "
                    + MAX_LENGTH, "see that this is the plan");
            return Optional.empty();
        }
        try {
            if (!isWithinBounds(yaml, diagnosis)) {
                return Optional.empty();
            }
            Optional<Node> root = new Compose(SETTINGS).composeString(yaml).filter(node -> !isNull(node));
            if (root.isEmpty()) {
                diagnosis.refuse(Place.WHOLE_FILE, "", "is empty", "begin with `app: <name>`");
            }
            return root;
        } catch (MarkedYamlEngineException error) {
            Place place = Place.of(error.getProblemMark().or(error::getContextMark));
            String context = error.getContext() == null ? "" : " " + error.getContext();
            diagnosis.refuse(place, "", "is not YAML: " + error.getProblem() + context, adviceAt(place, yaml));
        } catch (ReaderException error) {
            Place place = Place.after(yaml.substring(0, yaml.offsetByCodePoints(0, error.getPosition())));
            diagnosis.refuse(place, "", "is not YAML: character U+%04X is not allowed".formatted(error.getCodePoint()),
                    "remove it");
        } catch (YamlEngineException error) {
            diagnosis.refuse(Place.WHOLE_FILE, "", "is not YAML: " + error.getMessage(), "");
        }
        return Optional.empty();
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    /** A text as if it stood in a plan without quotes. */
    static ScalarNode plain(String text) {
        return new ScalarNode(RESOLVER.resolve(text, true), text, ScalarStyle.PLAIN);
    }

    /** Reads event by event, which takes no stack. */
    private static boolean isWithinBounds(String yaml, Diagnosis diagnosis) {
        int depth = 0;
        int aliases = 0;
        for (Event event : new Parse(SETTINGS).parseString(yaml)) {
            Place place = Place.of(event.getStartMark());
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                diagnosis.refuse(place, "", "is nested more than " + MAX_DEPTH + " deep", "close a bracket before it");
                return false;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (event instanceof AliasEvent && ++aliases > MAX_ALIASES) {
                diagnosis.refuse(place, "", "has more than " + MAX_ALIASES + " aliases", "write the values out");
                return false;
            }
            Optional<String> foreign = tagOf(event).filter(tag -> !TAGS.contains(tag));
            if (foreign.isPresent()) {
                diagnosis.refuse(place, "", "the tag " + Text.quote(foreign.get()) + " is not allowed", "remove it");
                return false;
            }
        }
        return true;
    }

    private static Optional<String> tagOf(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent start ? start.getTag() : Optional.empty();
    }

    private static String adviceAt(Place place, String yaml) {
        boolean tab = yaml.lines().skip(Math.max(0, place.line() - 1)).findFirst()
                .filter(line -> line.stripLeading().length() < line.length())
                .map(line -> line.substring(0, line.length() - line.stripLeading().length()).contains("\t"))
                .orElse(false);
        return tab ? "indent with spaces, not with tabs" : "";
    }
}
