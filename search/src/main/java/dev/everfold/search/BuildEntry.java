package dev.everfold.search;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A build as the registry knows it.
///
/// @param index which holds its documents now
/// @param definition fingerprint of what the index was made with
record BuildEntry(long number, int version, int partitions, IndexName index, String definition) {

    /// The name of the first index of a build, and how often it was emptied since.
    private static final Pattern NAME = Pattern.compile("(.*-b\\d{6,18})(?:\\.(\\d+))?");

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

    /// Where a build goes on that was emptied: `orders-b000001`, `orders-b000001.1`, `orders-b000001.2`.
    static IndexName next(IndexName index) {
        Matcher name = NAME.matcher(index.value());
        String first = name.matches() ? name.group(1) : index.value();
        return new IndexName(first + "." + (emptied(index) + 1));
    }

    /// How often a build was emptied before it went on in this index.
    static long emptied(IndexName index) {
        Matcher name = NAME.matcher(index.value());
        return name.matches() && name.group(2) != null ? Long.parseLong(name.group(2)) : 0;
    }

    /// The alias that an index has until it serves for the first time. Whoever makes it serve takes this
    /// alias away in the same request, so that a request that comes late cannot make it serve again.
    static String waitingAlias(IndexName index) {
        return index.value() + ".WAITING";
    }
}
