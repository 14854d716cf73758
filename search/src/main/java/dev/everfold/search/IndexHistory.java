package dev.everfold.search;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether an index still holds what was stored in it, by the ids that the servers give to the history of each shard.
/// They stay the same through restarts and moves. A shard that begins with nothing, with a snapshot, or with a copy
/// that may lack acknowledged changes gets another one: then it is not what a checkpoint speaks of.
///
/// @param shards the id of each shard's history by the shard's number; none where it is not known yet
record IndexHistory(Map<String, String> shards) {

    static final IndexHistory UNKNOWN = new IndexHistory(Map.of());

    /// Where the servers tell it.
    static final String PARAMETERS = "?level=shards&filter_path=indices.*.shards.*.routing.primary,"
            + "indices.*.shards.*.commit.user_data.history_uuid";

    IndexHistory {
        shards = Map.copyOf(shards);
    }

    /// From the statistics of one index. Shards that are not there just now are left out.
    static IndexHistory ofStatistics(JsonNode answer) {
        Map<String, String> shards = new TreeMap<>();
        answer.path("indices")
                .forEach(index -> index.path("shards")
                        .properties()
                        .forEach(shard -> shard.getValue().forEach(copy -> {
                            String id = copy.path("commit")
                                    .path("user_data")
                                    .path("history_uuid")
                                    .asString("");
                            if (copy.path("routing").path("primary").asBoolean(false) && !id.isEmpty()) {
                                shards.put(shard.getKey(), id);
                            }
                        })));
        return new IndexHistory(shards);
    }

    static IndexHistory parse(JsonNode json) {
        Map<String, String> shards = new TreeMap<>();
        json.properties()
                .forEach(shard -> shards.put(shard.getKey(), shard.getValue().asString()));
        return new IndexHistory(shards);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        new TreeMap<>(shards).forEach(json::put);
        return json;
    }

    /// Whether all shards that were known are there.
    boolean isWhole(IndexHistory before) {
        return shards.keySet().containsAll(before.shards.keySet());
    }

    /// Whether no shard has another history than before.
    boolean continues(IndexHistory before) {
        return before.shards.entrySet().stream()
                .allMatch(shard -> shard.getValue().equals(shards.getOrDefault(shard.getKey(), shard.getValue())));
    }
}
