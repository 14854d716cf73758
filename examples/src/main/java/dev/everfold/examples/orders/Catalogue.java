package dev.everfold.examples.orders;

import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.search.IndexDefinition;
import dev.everfold.search.SearchDocuments;
import dev.everfold.search.SearchOptions;
import dev.everfold.search.SearchReadModel;
import java.net.URI;

/// The read model in Elasticsearch or OpenSearch: orders that are found by words of the product.
final class Catalogue {

    /// An order as it is searched for.
    ///
    /// @param customer who ordered
    /// @param product what
    /// @param cents for how much
    /// @param status `open`, `completed` or `cancelled`
    record Entry(String customer, String product, long cents, String status) {}

    static final Projection<SearchDocuments> PROJECTION = Projection.of(
                    "catalogue",
                    ShopEvent.codec(OrderEvent.class),
                    (SearchDocuments documents, OrderEvent event, EventContext _) -> handle(documents, event))
            .sequencedBy(ShopEvent::customerOf);

    private Catalogue() {}

    static SearchReadModel at(URI server) {
        return SearchReadModel.on(SearchOptions.at(server), IndexDefinition.parse("""
                        {"mappings": {"dynamic": "strict", "properties": {
                            "customer": {"type": "keyword"}, "product": {"type": "text"},
                            "cents": {"type": "long"}, "status": {"type": "keyword"}}}}"""));
    }

    private static void handle(SearchDocuments documents, OrderEvent event) {
        switch (event) {
            case OrderEvent.Placed placed ->
                documents.put(placed.order(), new Entry(placed.customer(), placed.product(), placed.cents(), "open"));
            case OrderEvent.Completed completed ->
                documents.update(completed.order(), order -> order.put("status", "completed"));
            case OrderEvent.Cancelled cancelled ->
                documents.update(cancelled.order(), order -> order.put("status", "cancelled"));
        }
    }
}
