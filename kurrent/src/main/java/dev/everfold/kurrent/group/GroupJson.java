package dev.everfold.kurrent.group;

import dev.everfold.eventstore.Bytes;
import dev.everfold.kurrent.stream.EventFilter;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What groups keep, as JSON in events.
final class GroupJson {

    private static final JsonMapper MAPPER = new JsonMapper();

    private GroupJson() {}

    static ObjectNode key(GroupKey key) {
        return MAPPER.createObjectNode().put("stream", key.stream()).put("group", key.group());
    }

    static GroupKey key(JsonNode json) {
        return new GroupKey(json.path("stream").asString(), json.path("group").asString());
    }

    static void put(ObjectNode json, GroupSettings settings, GroupStart start) {
        json.putObject("start").put("text", start.text()).put("from", start.from());
        json.putObject("settings")
                .put("resolveLinks", settings.resolvesLinks())
                .put("extraStatistics", settings.hasExtraStatistics())
                .put("maxRetryCount", settings.maxRetryCount())
                .put("minCheckpointCount", settings.minCheckpointCount())
                .put("maxCheckpointCount", settings.maxCheckpointCount())
                .put("maxSubscriberCount", settings.maxSubscriberCount())
                .put("liveBufferSize", settings.liveBufferSize())
                .put("readBatchSize", settings.readBatchSize())
                .put("historyBufferSize", settings.historyBufferSize())
                .put("consumerStrategy", settings.strategy().label())
                .put("messageTimeoutMillis", settings.messageTimeoutMillis())
                .put("checkpointAfterMillis", settings.checkpointAfterMillis());
    }

    static GroupSettings settings(JsonNode json) {
        JsonNode settings = json.path("settings");
        return new GroupSettings(
                settings.path("resolveLinks").asBoolean(),
                settings.path("extraStatistics").asBoolean(),
                settings.path("maxRetryCount").asInt(),
                settings.path("minCheckpointCount").asInt(),
                settings.path("maxCheckpointCount").asInt(),
                settings.path("maxSubscriberCount").asInt(),
                settings.path("liveBufferSize").asInt(),
                settings.path("readBatchSize").asInt(),
                settings.path("historyBufferSize").asInt(),
                ConsumerStrategy.of(settings.path("consumerStrategy").asString())
                        .orElse(ConsumerStrategy.ROUND_ROBIN),
                settings.path("messageTimeoutMillis").asInt(),
                settings.path("checkpointAfterMillis").asInt());
    }

    static GroupStart start(JsonNode json) {
        JsonNode start = json.path("start");
        return new GroupStart(start.path("text").asString(), start.path("from").asLong());
    }

    static void put(ObjectNode json, GroupFilter filter) {
        ObjectNode into =
                json.putObject("filter").put("by", filter.subject().name()).put("pattern", filter.pattern());
        ArrayNode prefixes = into.putArray("prefixes");
        filter.prefixes().forEach(prefixes::add);
    }

    static Optional<GroupFilter> filter(JsonNode json) {
        JsonNode filter = json.get("filter");
        return filter == null
                ? Optional.empty()
                : Optional.of(new GroupFilter(
                        EventFilter.Subject.valueOf(filter.path("by").asString()),
                        filter.path("prefixes")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList(),
                        filter.path("pattern").asString()));
    }

    /// @param began where the group began
    static Bytes checkpoint(UUID server, long began, Checkpoint checkpoint) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("server", server.toString())
                .put("generation", checkpoint.generation())
                .put("began", began)
                .put("lowest", checkpoint.lowest())
                .put("head", checkpoint.head());
        ArrayNode pending = json.putArray("pending");
        checkpoint
                .pending()
                .forEach((place, retries) -> pending.addArray().add(place).add(retries));
        return bytes(json);
    }

    static Checkpoint checkpoint(JsonNode json) {
        SortedMap<Long, Integer> pending = new TreeMap<>();
        json.path("pending")
                .valueStream()
                .forEach(one -> pending.put(one.path(0).asLong(), one.path(1).asInt()));
        return new Checkpoint(
                json.path("generation").asLong(), json.path("head").asLong(), pending);
    }

    /// Where the group of a checkpoint began; `start` where the checkpoint does not say, as those of old did not.
    static long began(JsonNode checkpoint, long start) {
        return checkpoint.path("began").asLong(start);
    }

    static JsonNode read(Bytes json) {
        return MAPPER.readTree(json.toArray());
    }

    static Bytes bytes(ObjectNode json) {
        return Bytes.of(MAPPER.writeValueAsBytes(json));
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }
}
