package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.boundary.SeatSuite.SeatEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;

/// Seats and persons: what the suites about the handling of decisions decide on.
abstract class SeatSuite extends BoundarySuite<SeatEvent> {

    sealed interface SeatEvent {
        String seat();

        @EventType("seat.offered")
        record Offered(String seat) implements SeatEvent {}

        @EventType("seat.reserved")
        record Reserved(String seat, String person) implements SeatEvent {}

        @EventType("seat.cleaned")
        record Cleaned(String seat) implements SeatEvent {}
    }

    record Known(boolean taken, int reservedByPerson) {}

    SeatSuite() {
        super(
                EventCodec.builder(SeatEvent.class)
                        .tags(event -> switch (event) {
                            case SeatEvent.Reserved(var seat, var person) ->
                                List.of("seat:" + seat, "person:" + person);
                            default -> List.of("seat:" + event.seat());
                        })
                        .build(),
                event -> "seat-" + event.seat());
    }

    static DecisionModel<Boolean> taken(String seat) {
        return DecisionModel.of("seat " + seat, false)
                .tagged("seat:" + seat)
                .on(SeatEvent.Offered.class, (_, _) -> false)
                .on(SeatEvent.Reserved.class, (_, _) -> true);
    }

    static DecisionModel<Integer> reservedBy(String person) {
        return DecisionModel.of("reservations of " + person, 0)
                .tagged("person:" + person)
                .on(SeatEvent.Reserved.class, (count, _) -> count + 1);
    }

    static DecisionModel<Known> known(String seat, String person) {
        return DecisionModel.compose(taken(seat), reservedBy(person), Known::new);
    }

    static Outcome<SeatEvent> reserve(Boundary<SeatEvent> boundary, String seat, String person) {
        return boundary.decide(
                known(seat, person),
                known -> known.taken() ? reject("taken") : accept(new SeatEvent.Reserved(seat, person)));
    }

    final Boundary<SeatEvent> watching(WatchedStore watched) {
        return Boundary.on(watched, codec).into(streamOf).withClock(clockAt(NOON));
    }

    static SeatEvent.Reserved reserved(String seat, String person) {
        return new SeatEvent.Reserved(seat, person);
    }
}
