package dev.everfold.eventsourcing.reaction;

import static dev.everfold.eventsourcing.reaction.Action.cancelTimer;
import static dev.everfold.eventsourcing.reaction.Action.end;
import static dev.everfold.eventsourcing.reaction.Action.send;
import static dev.everfold.eventsourcing.reaction.Action.timer;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.List;

/// A shop, as the tests know it. Its deciders accept every repetition, so that a command that takes effect twice is
/// seen as an event too many.
final class Shop {

    sealed interface Event {}

    @EventType("order.placed")
    record Placed(long cents) implements Event {}

    @EventType("order.completed")
    record Completed() implements Event {}

    @EventType("order.thanked")
    record Thanked() implements Event {}

    @EventType("order.cancelled")
    record Cancelled(String reason) implements Event {}

    @EventType("payment.charged")
    record Charged(long cents) implements Event {}

    sealed interface Command {}

    record Place(long cents) implements Command {}

    record Complete() implements Command {}

    record Thank() implements Command {}

    record Cancel(String reason) implements Command {}

    record Charge(long cents) implements Command {}

    /// How far an order is, in a word.
    record Progress(String word) {}

    /// Nothing of them counts.
    record Nothing() {}

    static final EventCodec<Event> CODEC = EventCodec.of(Event.class);
    static final CommandTarget<Command> ORDERS = CommandTarget.of("orders", Command.class);
    static final CommandTarget<Command> PAYMENTS = CommandTarget.of("payments", Command.class);
    static final Duration PAYMENT_MAX = Duration.ofDays(1);

    /// What is charged later, so that its time may run out.
    static final long LATER = 0;

    /// What no payment can be.
    static final long TOO_MUCH = 1_000_000;

    static final Decider<Command, Nothing, Event> DECIDER =
            Decider.of(new Nothing(), (command, _) -> decide(command), (state, _) -> state);

    private Shop() {}

    private static Decision<Event> decide(Command command) {
        return switch (command) {
            case Place(long cents) -> Decision.accept(new Placed(cents));
            case Complete() -> Decision.accept(new Completed());
            case Thank() -> Decision.accept(new Thanked());
            case Cancel(String reason) -> Decision.accept(new Cancelled(reason));
            case Charge(long cents) when cents == LATER -> Decision.nothing();
            case Charge(long cents) when cents == TOO_MUCH -> Decision.reject("not enough money");
            case Charge(long cents) -> Decision.accept(new Charged(cents));
        };
    }

    static Reacted<Progress> react(Progress state, Input<Event> input) {
        String key = input.key();
        return switch (input) {
            case Input.Happened<Event>(Event event, var _, var _) ->
                switch (event) {
                    case Placed(long cents) ->
                        Reacted.to(
                                new Progress("placed"),
                                timer("payment", PAYMENT_MAX),
                                send(PAYMENTS, key, new Charge(cents)));
                    case Charged _ ->
                        Reacted.to(
                                new Progress("paid"),
                                cancelTimer("payment"),
                                send(ORDERS, key, new Complete()),
                                send(ORDERS, key, new Thank()));
                    case Thanked _ -> Reacted.to(new Progress("done"), end());
                    case Completed _, Cancelled _ -> Reacted.to(state);
                };
            case Input.TimerDue<Event> due -> cancelled(key, due.name() + " is late");
            case Input.Rejected<Event> refused -> cancelled(key, refused.reason());
        };
    }

    private static Reacted<Progress> cancelled(String key, String reason) {
        return Reacted.to(new Progress("cancelled"), send(ORDERS, key, new Cancel(reason)), end());
    }

    static final Reaction<Event, Progress> REACTION = Reaction.of("fulfilment", CODEC, new Progress("new"), Shop::react)
            .from(StartAt.beginning())
            .options(Reaction.OPTIONS_DEFAULTS
                    .withCheckpointEvery(Duration.ZERO)
                    .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                    .onFailure(2, FailurePolicy.PARK));

    static DeciderHandler<Command, Nothing, Event> orders(Everfold everfold) {
        return everfold.decider("order", DECIDER, CODEC);
    }

    /// The reaction where both deciders are those of a process.
    static Reaction<Event, Progress> reaction(Everfold everfold) {
        return REACTION.to(ORDERS, orders(everfold)).to(PAYMENTS, everfold.decider("payment", DECIDER, CODEC));
    }

    static ConsumerOptions options() {
        return REACTION.options();
    }

    /// Types of all events of the shop and of one key, in order.
    static List<String> happened(EventStore store, String key) {
        return store.read(Read.all()).toList().stream()
                .filter(event ->
                        event.stream().equals("order-" + key) || event.stream().equals("payment-" + key))
                .map(RecordedEvent::type)
                .toList();
    }
}
