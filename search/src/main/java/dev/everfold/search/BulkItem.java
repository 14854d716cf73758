package dev.everfold.search;

import java.io.ByteArrayOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One change of a document, with a version that the caller gives: a number of at least 0 that rises from change to
/// change of the same document, such as the position of the event it comes from, plus one.
///
/// A server keeps the change with the highest version, whatever the order they arrive in and however often.
sealed interface BulkItem {

    String id();

    long version();

    /// The document has this content from now on.
    record Put(String id, long version, JsonNode source) implements BulkItem {
        public Put {
            check(id, version);
        }
    }

    /// There is no such document from now on; also remembered when there was none before.
    record Delete(String id, long version) implements BulkItem {
        public Delete {
            check(id, version);
        }
    }

    /// As lines of a bulk request, each with its end.
    default byte[] lines() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        ObjectNode action = Json.object();
        action.putObject(this instanceof Put ? "index" : "delete")
                .put("_id", id())
                .put("version", version())
                .put("version_type", "external");
        lines.writeBytes(Json.bytes(action));
        lines.write('\n');
        if (this instanceof Put put) {
            lines.writeBytes(Json.bytes(put.source()));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private static void check(String id, long version) {
        DocumentId.check(id);
        if (version < 0) {
            throw new IllegalArgumentException(
                    "Version of document \"" + id + "\" is " + version + "; expected at least 0.");
        }
    }
}
