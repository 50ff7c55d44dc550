package io.jenkins.plugins.canary.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The JSON Schema of a plan, for editors: what one key may be. What must hold between keys, the reader says. */
final class PlanSchema {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LoadSettings YAML = LoadSettings.builder().setSchema(new CoreSchema()).build();

    private PlanSchema() {}

    static ObjectNode generate() {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Canary Deploy plan (canary.yml)");
        schema.setAll(mapping(Plan.class));
        ArrayNode forms = schema.putArray("oneOf");
        List.of("host", "hosts").forEach(form -> forms.addObject().putArray("required").add(form));
        return schema;
    }

    /** YAML as the JSON that a schema describes. */
    static JsonNode json(String yaml) {
        return JSON.valueToTree(new Load(YAML).loadFromString(yaml));
    }

    private static ObjectNode mapping(Class<?> record) {
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        for (PlanKey key : PlanKey.of("", record)) {
            properties.set(key.name(), property(key));
            if (key.isRequired()) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode property(PlanKey key) {
        ObjectNode schema = JSON.createObjectNode().put("description", key.key().help());
        schema.setAll(container(key));
        if (!key.key().byDefault().isEmpty()) {
            schema.set("default", json(key.key().byDefault()));
        }
        schema.putArray("examples").add(json(key.key().example()));
        return schema;
    }

    private static ObjectNode container(PlanKey key) {
        ObjectNode value = ScalarType.of(key.valueClass()).map(scalar -> scalar(scalar, key))
                .orElseGet(() -> mapping(key.valueClass()));
        if (key.isList()) {
            return JSON.createObjectNode().put("type", "array").set("items", value);
        }
        if (key.isNamed()) {
            ObjectNode names = JSON.createObjectNode().put("type", "object");
            names.putObject("propertyNames").put("pattern", whole(PlanKey.NAME_PATTERN));
            if (key.isRequired()) {
                names.put("minProperties", 1);
            }
            return names.set("additionalProperties", value);
        }
        return value;
    }

    private static ObjectNode scalar(ScalarType scalar, PlanKey plan) {
        Key key = plan.key();
        ObjectNode schema = JSON.createObjectNode();
        switch (scalar) {
            case TEXT -> text(schema, key.pattern());
            case WHOLE_NUMBER -> schema.put("type", "integer")
                    .put("minimum", (long) key.min()).put("maximum", (long) key.max());
            case NUMBER -> schema.put("type", "number").put("minimum", key.min()).put("maximum", key.max());
            case TRUTH -> schema.put("type", "boolean");
            case DURATION -> text(schema, ScalarType.DURATION_PATTERN);
            case SIZE -> text(schema, ScalarType.SIZE_PATTERN);
            case CHOICE -> ScalarType.labels(plan.valueClass()).forEach(schema.withArray("enum")::add);
            default -> throw new IllegalArgumentException(scalar.name());
        }
        return schema;
    }

    /** The reader takes a number for a text, as it is written; a schema sees a number, to which no pattern applies. */
    private static void text(ObjectNode schema, String pattern) {
        if (pattern.isEmpty() || "80".matches(pattern)) {
            schema.putArray("type").add("string").add("number");
        } else {
            schema.put("type", "string");
        }
        schema.put("minLength", 1).put("maxLength", Binder.MAX_TEXT);
        if (!pattern.isEmpty()) {
            schema.put("pattern", whole(pattern));
        }
    }

    private static String whole(String pattern) {
        return "^(?:" + pattern + ")$";
    }
}
