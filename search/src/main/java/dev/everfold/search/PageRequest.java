package dev.everfold.search;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One page of a search.
///
/// Pages go on behind the sort values of the last hit, so a page deep down costs no more than the first one, and no
/// state is held in the server. What changes meanwhile may be seen or not; what does not change is seen once,
/// provided that the fields together differ between documents. They must be of types that sort (keyword, numbers,
/// dates): the id itself does not, since servers may refuse to load ids for sorting.
///
/// @param query as the servers take it
/// @param sortFields what to sort by, ascending; the last one should differ between documents
/// @param size how many documents at most, 1 to 10,000
/// @param after where the page begins: [Page#next()] of the one before
record PageRequest(ObjectNode query, List<String> sortFields, int size, Optional<ArrayNode> after) {

    /// What servers allow unless they are set otherwise (`index.max_result_window`).
    static final int SIZE_MAX = 10_000;

    PageRequest {
        sortFields = List.copyOf(sortFields);
        if (sortFields.isEmpty()) {
            throw new IllegalArgumentException("A page without a field to sort by has no place in an order.");
        }
        if (size < 1 || size > SIZE_MAX) {
            throw new IllegalArgumentException("A page has " + size + " documents; expected 1 to " + SIZE_MAX + ".");
        }
    }

    /// The first page of all documents.
    static PageRequest all(int size, String... sortFields) {
        ObjectNode everything = Json.object();
        everything.putObject("match_all");
        return new PageRequest(everything, List.of(sortFields), size, Optional.empty());
    }

    PageRequest behind(ArrayNode values) {
        return new PageRequest(query, sortFields, size, Optional.of(values));
    }

    /// The same for half as many documents; empty when it is for one.
    Optional<PageRequest> halved() {
        return size == 1 ? Optional.empty() : Optional.of(new PageRequest(query, sortFields, size / 2, after));
    }

    ObjectNode json() {
        ObjectNode body = Json.object()
                .put("size", size)
                .put("version", true)
                .put("seq_no_primary_term", true)
                .put("track_total_hits", false);
        body.set("query", query);
        ArrayNode sort = body.putArray("sort");
        sortFields.forEach(field -> sort.addObject().put(field, "asc"));
        after.ifPresent(values -> body.set("search_after", values));
        return body;
    }
}
