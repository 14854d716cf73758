package dev.everfold.examples.orders;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;

/// What happens in the shop.
public sealed interface ShopEvent {

    /// Which customer it is about.
    String customer();

    /// What happens to a customer.
    sealed interface CustomerEvent extends ShopEvent {

        @EventType("customer.registered")
        record Registered(String customer, String name) implements CustomerEvent {}
    }

    /// What happens to an order, and to the payment and the shipment for it.
    sealed interface OfOrder extends ShopEvent {

        /// Which order.
        String order();
    }

    /// What happens to an order.
    sealed interface OrderEvent extends OfOrder {

        @EventType("order.placed")
        record Placed(String order, String customer, String product, long cents) implements OrderEvent {}

        @EventType("order.completed")
        record Completed(String order, String customer) implements OrderEvent {}

        @EventType("order.cancelled")
        record Cancelled(String order, String customer, String reason) implements OrderEvent {}
    }

    /// What happens to the payment of an order.
    sealed interface PaymentEvent extends OfOrder {

        @EventType("payment.charged")
        record Charged(String order, String customer, long cents) implements PaymentEvent {}

        @EventType("payment.refunded")
        record Refunded(String order, String customer, long cents) implements PaymentEvent {}
    }

    /// What happens to the shipment of an order.
    sealed interface ShipmentEvent extends OfOrder {

        @EventType("shipment.sent")
        record Sent(String order, String customer, String product) implements ShipmentEvent {}
    }

    /// How they are stored: as JSON, with the customer as a tag.
    EventCodec<ShopEvent> CODEC = codec(ShopEvent.class);

    /// How some of them are stored: in the same way.
    static <E extends ShopEvent> EventCodec<E> codec(Class<E> events) {
        return EventCodec.builder(events)
                .tags(event -> List.of("customer:" + event.customer()))
                .build();
    }

    /// What the order of events is kept in: a customer and all of his orders.
    static String customerOf(RecordedEvent event) {
        return event.tags().stream()
                .filter(tag -> tag.startsWith("customer:"))
                .findFirst()
                .orElse(event.stream());
    }
}
