package dev.everfold.eventsourcing.history;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.compensating;
import static dev.everfold.eventsourcing.codec.Upcaster.into;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.codec.Upcaster;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// A ledger, as the tests know it: its state tells the order in which events were folded.
record Ledger(Optional<String> owner, String currency, List<Long> moves) {

    sealed interface Event {}

    @EventType(value = "ledger.opened", version = 2)
    record Opened(String owner, String currency) implements Event {}

    @EventType("ledger.moved")
    record Moved(long cents) implements Event {}

    sealed interface Command {}

    record Open(String owner) implements Command {}

    record Move(long cents) implements Command {}

    record Undo(UUID move, long cents) implements Command {}

    static final Ledger INITIAL = new Ledger(Optional.empty(), "", List.of());

    static final StateCodec<Ledger> STATE_CODEC = StateCodec.json(Ledger.class);

    static final EventCodec<Event> CODEC = EventCodec.builder(Event.class)
            .upcaster(Upcaster.from("ledger.opened", 1).add("currency", "EUR"))
            .upcaster(Upcaster.from("ledger.moved_twice", 1)
                    .split(
                            into("ledger.moved", 1).keep("cents"),
                            into("ledger.moved", 1).keep("cents")))
            .upcaster(Upcaster.from("ledger.viewed", 1).drop())
            .build();

    static final Decider<Command, Ledger, Event> DECIDER = Decider.of(INITIAL, Ledger::decide, Ledger::evolve);

    /// The state of a ledger of this owner after these moves.
    static Ledger of(String owner, long... moves) {
        return new Ledger(
                Optional.of(owner), "EUR", Arrays.stream(moves).boxed().toList());
    }

    Ledger opened(String by, String inCurrency) {
        return new Ledger(Optional.of(by), inCurrency, moves);
    }

    Ledger moved(long cents) {
        return new Ledger(
                owner, currency, Stream.concat(moves.stream(), Stream.of(cents)).toList());
    }

    private static Decision<Event> decide(Command command, Ledger ledger) {
        return switch (command) {
            case Open(String owner) -> accept(new Opened(owner, "EUR"));
            case Move(long cents) -> accept(new Moved(cents));
            case Undo(UUID move, long cents) -> accept(compensating(move, new Moved(-cents)));
        };
    }

    private static Ledger evolve(Ledger ledger, Event event) {
        return switch (event) {
            case Opened(String owner, String currency) -> ledger.opened(owner, currency);
            case Moved(long cents) -> ledger.moved(cents);
        };
    }
}
