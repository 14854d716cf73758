package dev.everfold.search;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Orders that are placed, added to and cancelled, and what documents become of them: each counts its events, so that
/// one that is handled twice or not at all shows.
final class Orders {

    static final EventCodec<OrderEvent> CODEC = EventCodec.of(OrderEvent.class);

    /// Small steps, no waits after failures.
    static final ConsumerOptions OPTIONS = ConsumerOptions.DEFAULTS
            .withLease(Duration.ofMillis(600))
            .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(50)))
            .onFailure(2, FailurePolicy.PARK);

    static final IndexDefinition DEFINITION = IndexDefinition.parse("""
            {"mappings": {"dynamic": "strict", "properties": {
               "customer": {"type": "text"}, "events": {"type": "long"}, "cents": {"type": "long"}}},
             "settings": {"index.number_of_shards": 1, "index.number_of_replicas": 0}}""");

    private Orders() {}

    sealed interface OrderEvent {
        @EventType("order.placed")
        record Placed(String order, String customer) implements OrderEvent {}

        @EventType("order.added")
        record Added(String order, long cents) implements OrderEvent {}

        @EventType("order.cancelled")
        record Cancelled(String order) implements OrderEvent {}
    }

    /// A document.
    record Order(String customer, long events, long cents) {}

    /// How many have been made in this JVM, so that each test has a name of its own.
    private static int names;

    static synchronized String newName() {
        return "orders_" + ProcessHandle.current().pid() + "_" + ++names;
    }

    static Projection<SearchDocuments> projection(String name) {
        return Projection.<SearchDocuments, OrderEvent>of(name, CODEC, (documents, event, _) -> {
                    switch (event) {
                        case OrderEvent.Placed(String order, String customer) ->
                            documents.put(order, new Order(customer, 1, 0));
                        case OrderEvent.Added(String order, long cents) -> add(documents, order, cents);
                        case OrderEvent.Cancelled(String order) -> documents.delete(order);
                    }
                })
                .options(OPTIONS);
    }

    /// The sum is made out of what is read for even amounts, and in place for odd ones.
    private static void add(SearchDocuments documents, String order, long cents) {
        if (cents % 2 == 0) {
            Order before = documents.get(order, Order.class).orElseThrow();
            documents.put(order, new Order(before.customer(), before.events() + 1, before.cents() + cents));
        } else {
            documents.update(
                    order,
                    found -> found.put("events", found.path("events").asLong() + 1)
                            .put("cents", found.path("cents").asLong() + cents));
        }
    }

    static long append(EventStore store, OrderEvent event) {
        String order = switch (event) {
            case OrderEvent.Placed placed -> placed.order();
            case OrderEvent.Added added -> added.order();
            case OrderEvent.Cancelled cancelled -> cancelled.order();
        };
        return store.append(Append.of(CODEC.encode("order-" + order, event, EventMetadata.none())))
                .fromPosition();
    }

    /// What the documents are to be after all events below a position.
    static Map<String, Order> fold(EventStore store, long toPosition) {
        Map<String, Order> orders = new TreeMap<>();
        store.read(Read.matching(Query.all()).toPosition(toPosition))
                .toList()
                .forEach(recorded -> CODEC.decode(recorded).forEach(event -> apply(orders, event)));
        return orders;
    }

    private static void apply(Map<String, Order> orders, OrderEvent event) {
        switch (event) {
            case OrderEvent.Placed(String order, String customer) -> orders.put(order, new Order(customer, 1, 0));
            case OrderEvent.Added(String order, long cents) ->
                orders.computeIfPresent(
                        order,
                        (_, before) -> new Order(before.customer(), before.events() + 1, before.cents() + cents));
            case OrderEvent.Cancelled(String order) -> orders.remove(order);
        }
    }
}
