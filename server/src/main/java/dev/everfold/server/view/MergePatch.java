package dev.everfold.server.view;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.state.Reducer;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The data of one event after another, merged as RFC 7396 has it: members replace members, `null` removes them.
///
/// Data that is not JSON changes nothing. Numbers keep all their digits.
final class MergePatch {

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    static final Reducer<JsonNode> REDUCER =
            new Reducer<>(JSON::createObjectNode, MergePatch::fold, JSON::writeValueAsString);

    private MergePatch() {}

    private static JsonNode fold(JsonNode state, RecordedEvent event) {
        try {
            JsonNode patch = JSON.readTree(event.data().toArray());
            return patch.isMissingNode() ? state : merge(state, patch);
        } catch (JacksonException notJson) {
            return state;
        }
    }

    private static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode merged = target.isObject() ? (ObjectNode) target : JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> member : patch.properties()) {
            if (member.getValue().isNull()) {
                merged.remove(member.getKey());
            } else {
                merged.set(member.getKey(), merge(merged.path(member.getKey()), member.getValue()));
            }
        }
        return merged;
    }
}
