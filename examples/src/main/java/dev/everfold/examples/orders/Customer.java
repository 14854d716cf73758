package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.examples.orders.ShopEvent.CustomerEvent;
import dev.everfold.examples.orders.ShopEvent.CustomerEvent.Registered;

/// A customer.
///
/// @param isRegistered whether we know him
public record Customer(boolean isRegistered) {

    /// Registers a customer, once.
    ///
    /// @param customer his id
    /// @param name what he is called
    public record Register(String customer, String name) {}

    static final Decider<Register, Customer, CustomerEvent> DECIDER = Decider.of(
            new Customer(false),
            (command, customer) ->
                    customer.isRegistered() ? nothing() : accept(new Registered(command.customer(), command.name())),
            (_, _) -> new Customer(true));
}
