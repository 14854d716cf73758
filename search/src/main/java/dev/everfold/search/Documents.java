package dev.everfold.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedCollection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Documents of one index: stored in bulk, read by id as they are now, searched as they were at the last refresh.
final class Documents {

    /// How many documents are read by id in one request.
    static final int IDS_MAX = 1_000;

    /// What an error of one document among others is: its shard's, without a status of its own.
    private static final int SHARD_UNAVAILABLE = 503;

    private final Transport transport;
    private final BulkWriter bulkWriter;

    Documents(Transport transport, int bulkBytesMax) {
        this.transport = transport;
        this.bulkWriter = new BulkWriter(transport, bulkBytesMax);
    }

    /// Stores the items, each with its own outcome.
    ///
    /// @throws IllegalArgumentException when an item alone is larger than a request may be; nothing is stored
    /// @throws IndexMissingException when the index or its write alias is not there
    BulkResult write(IndexName index, List<? extends BulkItem> items) {
        return write(index, index.writeAlias(), items);
    }

    /// The same by another alias than that of the index, whose absence counts as the index's.
    BulkResult write(IndexName index, String alias, List<? extends BulkItem> items) {
        return bulkWriter.write(index, alias, items);
    }

    /// The document as it is now, refreshed or not.
    Optional<Document> get(IndexName index, String id) {
        String what = "Reading document \"" + id + "\" in index \"" + index + "\"";
        Call call = Call.reading(what, "GET", Call.path(index.writeAlias(), "_doc", DocumentId.check(id)));
        Answer answer = transport.send(call.on(index).expecting(Call.NOT_FOUND));
        return answer.status() == Call.NOT_FOUND ? Optional.empty() : Optional.of(Document.parse(answer.body()));
    }

    /// Those of the documents that are there now, by id, in order of the ids given. Asked for in parts when the
    /// answer would be too large.
    Map<String, Document> get(IndexName index, SequencedCollection<String> ids) {
        if (ids.size() > IDS_MAX) {
            throw new IllegalArgumentException(
                    ids.size() + " documents are asked for at once; expected " + IDS_MAX + " at most.");
        }
        Map<String, Document> found = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            get(index, List.copyOf(ids), found);
        }
        return found;
    }

    /// The same of any number of ids, in as many requests as that takes.
    Map<String, Document> getAll(IndexName index, List<String> ids) {
        Map<String, Document> found = new LinkedHashMap<>();
        for (int from = 0; from < ids.size(); from += IDS_MAX) {
            found.putAll(get(index, ids.subList(from, Math.min(ids.size(), from + IDS_MAX))));
        }
        return found;
    }

    private void get(IndexName index, List<String> ids, Map<String, Document> found) {
        try {
            getAtOnce(index, ids, found);
        } catch (AnswerTooLargeException tooLarge) {
            if (ids.size() == 1) {
                throw tooLarge;
            }
            get(index, ids.subList(0, ids.size() / 2), found);
            get(index, ids.subList(ids.size() / 2, ids.size()), found);
        }
    }

    private void getAtOnce(IndexName index, List<String> ids, Map<String, Document> found) {
        ObjectNode body = Json.object();
        ArrayNode wanted = body.putArray("ids");
        ids.forEach(id -> wanted.add(DocumentId.check(id)));
        String what = "Reading " + ids.size() + " documents in index \"" + index + "\"";
        Call call = Call.reading(what, "POST", Call.path(index.writeAlias(), "_mget"))
                .on(index)
                .json(body);
        for (JsonNode answer : transport.send(call).body().path("docs")) {
            if (answer.has("error")) {
                new Answer(SHARD_UNAVAILABLE, answer).check(call);
            }
            if (answer.path("found").asBoolean(false)) {
                found.put(answer.path("_id").asString(), Document.parse(answer));
            }
        }
    }

    /// One page of what searches see.
    Page search(IndexName index, PageRequest request) {
        String what = "Searching index \"" + index + "\"";
        Answer answer = transport.send(Call.reading(what, "POST", Call.path(index.writeAlias(), "_search"))
                .on(index)
                .json(request.json()));
        Shards.check(what, answer);
        return Page.parse(answer.body(), request);
    }

    /// The highest value of a field of whole numbers that searches see; empty when they see none.
    OptionalLong highest(IndexName index, String field) {
        String what = "Reading the highest \"" + field + "\" of index \"" + index + "\"";
        ObjectNode body = Json.object().put("size", 0);
        body.putObject("aggs").putObject("highest").putObject("max").put("field", field);
        Answer answer = transport.send(Call.reading(what, "POST", Call.path(index.writeAlias(), "_search"))
                .on(index)
                .json(body));
        Shards.check(what, answer);
        JsonNode value = answer.body().path("aggregations").path("highest").path("value");
        return value.isNumber() ? OptionalLong.of((long) value.asDouble()) : OptionalLong.empty();
    }
}
