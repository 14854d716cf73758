package dev.everfold.search;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON as the servers speak it, with no settings of the application in it. Numbers keep their digits, whatever they
/// are read into and stored from again.
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final JsonMapper SORTING = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// In one line.
    static byte[] bytes(JsonNode content) {
        return MAPPER.writeValueAsBytes(content);
    }

    /// In one line, with the fields of objects in order of their names.
    static byte[] sorted(JsonNode content) {
        return SORTING.writeValueAsBytes(SORTING.treeToValue(content, Object.class));
    }

    /// A value as JSON.
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /// A value from JSON.
    static <T> T value(JsonNode content, Class<T> type) {
        return MAPPER.treeToValue(content, type);
    }

    /// The content, or a missing node when it is none: something between us and the server may answer with a page.
    static JsonNode parse(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException notJson) {
            return MissingNode.getInstance();
        }
    }
}
