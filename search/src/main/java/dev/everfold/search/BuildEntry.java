package dev.everfold.search;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A build as the registry knows it.
///
/// @param index which holds its documents now
/// @param definition fingerprint of what the index was made with
record BuildEntry(long number, int version, int partitions, IndexName index, String definition) {

    static BuildEntry parse(JsonNode json) {
        return new BuildEntry(
                json.path("number").asLong(),
                json.path("version").asInt(),
                json.path("partitions").asInt(),
                new IndexName(json.path("index").asString()),
                json.path("definition").asString());
    }

    ObjectNode json() {
        return Json.object()
                .put("number", number)
                .put("version", version)
                .put("partitions", partitions)
                .put("index", index.value())
                .put("definition", definition);
    }

    BuildEntry in(IndexName other) {
        return new BuildEntry(number, version, partitions, other, definition);
    }

    /// The alias that an index has until it serves for the first time. Whoever makes it serve takes this
    /// alias away in the same request, so that a request that comes late cannot make it serve again.
    static String waitingAlias(IndexName index) {
        return index.value() + ".WAITING";
    }
}
