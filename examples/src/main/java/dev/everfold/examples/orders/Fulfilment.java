package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.reaction.Action.cancelTimer;
import static dev.everfold.eventsourcing.reaction.Action.end;
import static dev.everfold.eventsourcing.reaction.Action.send;
import static dev.everfold.eventsourcing.reaction.Action.timer;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.reaction.CommandTarget;
import dev.everfold.eventsourcing.reaction.Input;
import dev.everfold.eventsourcing.reaction.Reacted;
import dev.everfold.eventsourcing.reaction.Reaction;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.examples.orders.ShopEvent.OfOrder;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent;
import dev.everfold.examples.orders.ShopEvent.ShipmentEvent;
import java.time.Duration;
import java.util.Optional;

/// How an order is fulfilled: charge, ship, complete; and when it cannot be shipped, refund and cancel.
///
/// @param customer who ordered; empty before
/// @param product what
/// @param reason why it is to be cancelled; empty as long as it is not
public record Fulfilment(String customer, String product, String reason) {

    static final CommandTarget<Order.Command> ORDERS = CommandTarget.of("orders", Order.Command.class);
    static final CommandTarget<Payment.Command> PAYMENTS = CommandTarget.of("payments", Payment.Command.class);
    static final CommandTarget<Shipment.Ship> SHIPMENTS = CommandTarget.of("shipments", Shipment.Ship.class);

    /// How long an order may take until it is paid.
    static final Duration PAYMENT_MAX = Duration.ofDays(1);

    private static final Fulfilment NONE = new Fulfilment("", "", "");

    /// The reaction, not bound to deciders yet. An order is the key of its payment and its shipment too, since
    /// their streams have its id.
    static final Reaction<OfOrder, Fulfilment> REACTION = Reaction.of(
                    "fulfilment", ShopEvent.codec(OfOrder.class), NONE, Fulfilment::react)
            .correlating((event, _) -> Optional.of(event.order()))
            .from(StartAt.beginning());

    static Reaction<OfOrder, Fulfilment> reaction(
            DeciderHandler<Order.Command, ?, ?> orders,
            DeciderHandler<Payment.Command, ?, ?> payments,
            DeciderHandler<Shipment.Ship, ?, ?> shipments) {
        return REACTION.to(ORDERS, orders).to(PAYMENTS, payments).to(SHIPMENTS, shipments);
    }

    private static Reacted<Fulfilment> react(Fulfilment state, Input<OfOrder> input) {
        return switch (input) {
            case Input.Happened<OfOrder> happened -> state.happened(happened.event(), input.key());
            case Input.TimerDue<OfOrder> _ -> state.cancelled(input.key(), "not paid in time");
            case Input.Rejected<OfOrder> refused
            when refused.command() instanceof Shipment.Ship ->
                Reacted.to(
                        state.because(refused.reason()),
                        send(PAYMENTS, input.key(), new Payment.Refund(input.key(), state.customer())));
            case Input.Rejected<OfOrder> refused -> state.cancelled(input.key(), refused.reason());
        };
    }

    private Reacted<Fulfilment> happened(OfOrder event, String order) {
        return switch (event) {
            case OrderEvent.Placed placed ->
                Reacted.to(
                        new Fulfilment(placed.customer(), placed.product(), ""),
                        timer("payment", PAYMENT_MAX),
                        send(PAYMENTS, order, new Payment.Charge(order, placed.customer(), placed.cents())));
            case PaymentEvent.Charged _ ->
                Reacted.to(
                        this,
                        cancelTimer("payment"),
                        send(SHIPMENTS, order, new Shipment.Ship(order, customer, product)));
            case ShipmentEvent.Sent _ ->
                Reacted.to(this, send(ORDERS, order, new Order.Complete(order, customer)), end());
            case PaymentEvent.Refunded _ -> cancelled(order, reason);
            case OrderEvent _ -> Reacted.to(this);
        };
    }

    private Fulfilment because(String why) {
        return new Fulfilment(customer, product, why);
    }

    private Reacted<Fulfilment> cancelled(String order, String why) {
        return Reacted.to(because(why), send(ORDERS, order, new Order.Cancel(order, customer, why)), end());
    }
}
