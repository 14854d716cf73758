package dev.everfold.search;

import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields that every document of a read model has beside those of the application.
///
/// `everfold_id` is the id once more, since servers may refuse to sort by ids; `everfold_position` is the position of
/// the last event that changed the document, `everfold_key` what that event is sequenced by; `everfold_partition` is
/// the partition that made it, where there are several.
final class DocumentFields {

    static final String ID = "everfold_id";
    static final String POSITION = "everfold_position";
    static final String KEY = "everfold_key";
    static final String PARTITION = "everfold_partition";

    private static final String PREFIX = "everfold_";

    private DocumentFields() {}

    static void map(ObjectNode properties) {
        properties.putObject(ID).put("type", "keyword");
        properties.putObject(POSITION).put("type", "long");
        properties.putObject(KEY).put("type", "keyword").put("index", false).put("doc_values", false);
        properties.putObject(PARTITION).put("type", "short");
    }

    /// A copy with these fields.
    static ObjectNode add(ObjectNode source, String id, long position, String key, OptionalInt partition) {
        ObjectNode all = source.deepCopy().put(ID, id).put(POSITION, position).put(KEY, key);
        partition.ifPresent(number -> all.put(PARTITION, number));
        return all;
    }

    /// A copy without these fields.
    static ObjectNode remove(JsonNode source) {
        ObjectNode all = ((ObjectNode) source).deepCopy();
        all.remove(ID);
        all.remove(POSITION);
        all.remove(KEY);
        all.remove(PARTITION);
        return all;
    }

    /// @throws IllegalArgumentException when a field has a name of ours
    static void check(String id, ObjectNode source) {
        source.propertyNames().stream()
                .filter(name -> name.startsWith(PREFIX))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("Document \"" + id + "\" has a field \"" + name
                            + "\"; names that begin with \"" + PREFIX + "\" are kept for Everfold. Use another one.");
                });
    }
}
