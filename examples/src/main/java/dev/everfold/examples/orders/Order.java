package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Cancelled;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Completed;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Placed;

/// An order, from its placing to its end.
///
/// @param state how far it is
public record Order(State state) {

    /// How far an order is.
    public enum State {
        /// There is none.
        NONE,
        /// Placed, and in work.
        OPEN,
        /// Completed or cancelled.
        ENDED
    }

    /// What is asked of an order.
    public sealed interface Command {}

    /// Places an order.
    public record Place(String order, String customer, String product, long cents) implements Command {}

    /// Says that everything was done.
    public record Complete(String order, String customer) implements Command {}

    /// Says that it came to nothing.
    public record Cancel(String order, String customer, String reason) implements Command {}

    static final Decider<Command, Order, OrderEvent> DECIDER =
            Decider.of(new Order(State.NONE), Order::decide, Order::evolve);

    private static Decision<OrderEvent> decide(Command command, Order order) {
        return switch (command) {
            case Place _ when order.state() != State.NONE -> reject("the order was placed already");
            case Place place -> accept(new Placed(place.order(), place.customer(), place.product(), place.cents()));
            case Command _ when order.state() == State.NONE -> reject("there is no such order");
            case Command _ when order.state() == State.ENDED -> nothing();
            case Complete complete -> accept(new Completed(complete.order(), complete.customer()));
            case Cancel cancel -> accept(new Cancelled(cancel.order(), cancel.customer(), cancel.reason()));
        };
    }

    private static Order evolve(Order order, OrderEvent event) {
        return switch (event) {
            case Placed _ -> new Order(State.OPEN);
            case Completed _ -> new Order(State.ENDED);
            case Cancelled _ -> new Order(State.ENDED);
        };
    }
}
