package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.examples.orders.ShopEvent.ShipmentEvent;
import dev.everfold.examples.orders.ShopEvent.ShipmentEvent.Sent;
import java.util.Set;

/// The shipment of an order.
///
/// @param isSent whether it is on its way
public record Shipment(boolean isSent) {

    /// What we cannot send.
    static final Set<String> SOLD_OUT = Set.of("moon rock");

    /// Sends the product.
    ///
    /// @param order which order it is for
    /// @param customer to whom
    /// @param product what
    public record Ship(String order, String customer, String product) {}

    static final Decider<Ship, Shipment, ShipmentEvent> DECIDER =
            Decider.of(new Shipment(false), Shipment::decide, (_, _) -> new Shipment(true));

    private static Decision<ShipmentEvent> decide(Ship ship, Shipment shipment) {
        if (shipment.isSent()) {
            return nothing();
        }
        return SOLD_OUT.contains(ship.product())
                ? reject(ship.product() + " is sold out")
                : accept(new Sent(ship.order(), ship.customer(), ship.product()));
    }
}
