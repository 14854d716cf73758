package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.search.Orders.Order;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What readers of a projection of orders find.
final class OrderIndex {

    private OrderIndex() {}

    /// Deletes all builds of a projection: the more indices a server has, the longer it takes to make another one.
    static void delete(TestServer server, String name) {
        try (SearchClient client = server.open()) {
            client.indices()
                    .withAliases(Registry.prefix(name))
                    .keySet()
                    .forEach(index -> client.indices().delete(new IndexName(index)));
        }
    }

    /// All documents by a search of the alias.
    static Map<String, Order> search(TestServer server, String alias) {
        try (Transport transport = new Transport(server.options())) {
            JsonNode body = Json.parse("{\"size\": 10000}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Answer answer = transport.send(Call.reading("Searching", "POST", Call.path(alias, "_search"))
                    .json(body));
            Shards.check("Searching", answer);
            Map<String, Order> found = new TreeMap<>();
            answer.body()
                    .path("hits")
                    .path("hits")
                    .forEach(hit -> found.put(
                            hit.path("_id").asString(),
                            Json.value(DocumentFields.remove(hit.path("_source")), Order.class)));
            return found;
        }
    }

    /// All documents of a build at one moment, which is told.
    static Map<String, Order> snapshot(SearchReadModel model, Build build, java.util.function.LongConsumer position) {
        Map<String, Order> found = new TreeMap<>();
        try (ModelSnapshot snapshot = model.snapshot(build)) {
            position.accept(snapshot.position());
            for (var rows = snapshot.rows(); rows.hasNext(); ) {
                ModelRow row = rows.next();
                found.put(
                        row.key(),
                        new Order(
                                row.values().get("customer"),
                                Long.parseLong(row.values().get("events")),
                                Long.parseLong(row.values().get("cents"))));
            }
        }
        return found;
    }
}
