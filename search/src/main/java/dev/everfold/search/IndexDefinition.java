package dev.everfold.search;

import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/// What an index is made with.
///
/// @param mappings as the servers take them; without `"dynamic": "strict"` they guess what is not in there
/// @param settings those of the application, such as `index.number_of_replicas`
record IndexDefinition(ObjectNode mappings, ObjectNode settings) {

    /// How long a server remembers the version of a document that was deleted. Until then an older version that
    /// arrives late is refused; afterwards it would be stored as if new. The servers' own 60 s are shorter than
    /// many
    /// an outage. What is remembered takes memory, some 100 bytes a deletion, and ends with the shard's restart.
    static final Duration DELETES_REMEMBERED = Duration.ofHours(12);

    private static final String GC_DELETES = "index.gc_deletes";

    /// With the application's own settings where they differ from ours.
    ObjectNode body(String writeAlias) {
        ObjectNode all = Json.object().put(GC_DELETES, DELETES_REMEMBERED.toHours() + "h");
        all.setAll(settings);
        ObjectNode body = Json.object();
        body.set("settings", all);
        body.set("mappings", mappings);
        body.putObject("aliases").putObject(writeAlias);
        return body;
    }
}
