package dev.everfold.search;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Some hits of a search, in its order.
///
/// @param next where the page after this one begins; empty when this one is the last
record Page(List<Document> documents, Optional<ArrayNode> next) {

    Page {
        documents = List.copyOf(documents);
    }

    /// From an answer to a search, which has as many hits as were asked for unless they are the last.
    static Page parse(JsonNode answer, PageRequest request) {
        JsonNode hits = answer.path("hits").path("hits");
        List<Document> documents = hits.valueStream().map(Document::parse).toList();
        return new Page(
                documents,
                documents.size() < request.size()
                        ? Optional.empty()
                        : Optional.of((ArrayNode) hits.get(documents.size() - 1).path("sort")));
    }
}
