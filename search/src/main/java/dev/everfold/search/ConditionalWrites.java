package dev.everfold.search;

import dev.everfold.search.Document.WriteToken;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Writes of single documents that several processes may want at once, such as a lease: only one of those who have
/// read the same state succeeds.
///
/// After an outcome that is unknown, a repetition may be refused because of the first try; the caller reads the
/// document to see whose it is.
final class ConditionalWrites {

    private final Transport transport;

    ConditionalWrites(Transport transport) {
        this.transport = transport;
    }

    /// Stores a document that is not there yet.
    ///
    /// @return empty when there is a document of that id already
    Optional<WriteToken> create(IndexName index, String id, JsonNode source) {
        String path = Call.path(index.writeAlias(), "_create", DocumentId.check(id)) + "?require_alias=true";
        return write(
                index, Call.changing(what("Creating", id, index), "PUT", path).json(source));
    }

    /// Stores other content.
    ///
    /// @return empty when it was changed or deleted since it was read with that token
    Optional<WriteToken> replace(IndexName index, String id, WriteToken expected, JsonNode source) {
        String path = path(index, id, expected) + "&require_alias=true";
        return write(
                index, Call.changing(what("Replacing", id, index), "PUT", path).json(source));
    }

    /// Deletes it.
    ///
    /// @return empty when it was changed or deleted since it was read with that token
    Optional<WriteToken> delete(IndexName index, String id, WriteToken expected) {
        return write(index, Call.changing(what("Deleting", id, index), "DELETE", path(index, id, expected)));
    }

    /// Deleting what is not there is a conflict for one server and not found for the other.
    private Optional<WriteToken> write(IndexName index, Call call) {
        Answer answer = transport.send(call.on(index).expecting(Call.CONFLICT, Call.NOT_FOUND));
        return switch (answer.status()) {
            case Call.CONFLICT, Call.NOT_FOUND -> Optional.empty();
            default -> Optional.of(WriteToken.parse(answer.body()));
        };
    }

    private static String path(IndexName index, String id, WriteToken expected) {
        return Call.path(index.writeAlias(), "_doc", DocumentId.check(id)) + "?if_seq_no=" + expected.sequenceNumber()
                + "&if_primary_term=" + expected.primaryTerm();
    }

    private static String what(String verb, String id, IndexName index) {
        return verb + " document \"" + id + "\" in index \"" + index + "\"";
    }
}
