package dev.everfold.search;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// An index of orders that belongs to one test.
record TestIndex(SearchClient client, IndexName name) {

    static TestIndex create(SearchClient client) {
        TestIndex index = new TestIndex(client, TestServer.newIndex());
        client.indices().create(index.name, definition());
        return index;
    }

    static IndexDefinition definition() {
        ObjectNode mappings = Json.object().put("dynamic", "strict");
        ObjectNode fields = mappings.putObject("properties");
        fields.putObject("id").put("type", "keyword");
        fields.putObject("name").put("type", "text");
        fields.putObject("cents").put("type", "long");
        ObjectNode settings = Json.object().put("index.number_of_shards", 1).put("index.number_of_replicas", 0);
        return new IndexDefinition(mappings, settings);
    }

    static ObjectNode order(String id, int cents) {
        return Json.object().put("id", id).put("cents", cents);
    }

    BulkResult write(BulkItem... items) {
        return client.documents().write(name, List.of(items));
    }

    Optional<Document> get(String id) {
        return client.documents().get(name, id);
    }

    int cents(String id) {
        return get(id).orElseThrow().source().path("cents").asInt();
    }
}
