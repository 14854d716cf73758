package dev.everfold.search;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// Some hits of a search, in its order.
///
/// @param next where the page after this one begins; empty when this one is the last
record Page(List<Document> documents, Optional<ArrayNode> next) {

    Page {
        documents = List.copyOf(documents);
    }
}
