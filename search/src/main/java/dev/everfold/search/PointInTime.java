package dev.everfold.search;

import dev.everfold.search.ServerInfo.Product;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An index as searches see it at one moment, whatever is changed meanwhile. The server holds files for it; close it.
/// The one request that the two products spell differently.
final class PointInTime implements AutoCloseable {

    private static final String KEPT = "2m";

    private final Transport transport;
    private final Product product;
    private final IndexName index;
    private final String id;

    private PointInTime(Transport transport, Product product, IndexName index, String id) {
        this.transport = transport;
        this.product = product;
        this.index = index;
        this.id = id;
    }

    static PointInTime open(Transport transport, Product product, IndexName index) {
        String operation = switch (product) {
            case ELASTICSEARCH -> "/_pit";
            case OPENSEARCH -> "/_search/point_in_time";
        };
        Call call = Call.reading(
                "Opening index \"" + index + "\" at one moment",
                "POST",
                Call.path(index.writeAlias()) + operation + "?keep_alive=" + KEPT);
        JsonNode answer = transport.send(call.on(index)).body();
        String id =
                answer.path(product == Product.ELASTICSEARCH ? "id" : "pit_id").asString();
        return new PointInTime(transport, product, index, id);
    }

    Page search(PageRequest request) {
        String what = "Searching index \"" + index + "\" at one moment";
        ObjectNode body = request.json();
        body.putObject("pit").put("id", id).put("keep_alive", KEPT);
        Answer answer =
                transport.send(Call.reading(what, "POST", "/_search").on(index).json(body));
        Shards.check(what, answer);
        return Page.parse(answer.body(), request);
    }

    @Override
    public void close() {
        ObjectNode body = Json.object();
        String path = switch (product) {
            case ELASTICSEARCH -> {
                body.put("id", id);
                yield "/_pit";
            }
            case OPENSEARCH -> {
                body.putArray("pit_id").add(id);
                yield "/_search/point_in_time";
            }
        };
        transport.send(Call.reading("Closing a moment of index \"" + index + "\"", "DELETE", path)
                .expecting(Call.NOT_FOUND)
                .json(body));
    }
}
