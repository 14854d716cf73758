package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent.Charged;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent.Refunded;

/// The payment for an order.
///
/// @param cents what we have of the customer for it
public record Payment(long cents) {

    /// What a card pays at most.
    static final long CENTS_MAX = 500_00;

    /// What is asked of a payment.
    public sealed interface Command {}

    /// Takes the money.
    public record Charge(String order, String customer, long cents) implements Command {}

    /// Gives it back.
    public record Refund(String order, String customer) implements Command {}

    static final Decider<Command, Payment, PaymentEvent> DECIDER =
            Decider.of(new Payment(0), Payment::decide, Payment::evolve);

    private static Decision<PaymentEvent> decide(Command command, Payment payment) {
        return switch (command) {
            case Charge charge when charge.cents() > CENTS_MAX -> reject("the card was declined");
            case Charge charge -> accept(new Charged(charge.order(), charge.customer(), charge.cents()));
            case Refund _ when payment.cents() == 0 -> nothing();
            case Refund refund -> accept(new Refunded(refund.order(), refund.customer(), payment.cents()));
        };
    }

    private static Payment evolve(Payment payment, PaymentEvent event) {
        return switch (event) {
            case Charged charged -> new Payment(charged.cents());
            case Refunded _ -> new Payment(0);
        };
    }
}
