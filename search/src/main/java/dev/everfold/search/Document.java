package dev.everfold.search;

import tools.jackson.databind.JsonNode;

/// A document as it is stored.
///
/// @param version the number it was put with, or the count of its writes when it was put without
/// @param token what a conditional write names to be refused when somebody else was there in between
record Document(String id, long version, WriteToken token, JsonNode source) {

    /// Names one write of a document for good: the shard's sequence number, and the term of the primary that gave
    /// it.
    record WriteToken(long sequenceNumber, long primaryTerm) {

        static WriteToken parse(JsonNode answer) {
            return new WriteToken(
                    answer.path("_seq_no").asLong(),
                    answer.path("_primary_term").asLong());
        }
    }

    /// From an answer to a read, and from a hit of a search that asked for both numbers.
    static Document parse(JsonNode answer) {
        return new Document(
                answer.path("_id").asString(),
                answer.path("_version").asLong(),
                WriteToken.parse(answer),
                answer.path("_source"));
    }
}
