package dev.everfold.examples;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;

/// The code of the tutorial: `examples/run seats FOLDER SEAT PERSON` reserves a seat, once, and at most
/// two for a person.
public final class Seats {

    private static final int SEATS_OF_A_PERSON_MAX = 2;
    private static final int ATTEMPTS_MAX = 10;

    private Seats() {}

    /// Reserves a seat.
    ///
    /// @param arguments a folder, a seat and a person
    public static void main(String[] arguments) {
        try (EventStore store = EventStores.open("log:" + arguments[0])) {
            boolean reserved = reserve(store, arguments[1], arguments[2]);
            System.out.println(reserved ? "reserved" : "refused");
        }
    }

    static boolean reserve(EventStore store, String seat, String person) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            // All that the decision depends on: what happened to the seat, and what the person has reserved.
            Query boundary = Query.tags("seat:" + seat).or(Query.tags("person:" + person));
            EventCursor cursor = store.read(Read.matching(boundary));
            List<RecordedEvent> events = cursor.toList();
            if (!mayReserve(events, seat, person)) {
                return false;
            }
            NewEvent reserved = NewEvent.of("seat-" + seat, "seat.reserved", "{\"by\":\"" + person + "\"}")
                    .withTags("seat:" + seat, "person:" + person);
            try {
                store.append(Append.of(reserved).unless(boundary, cursor.nextPosition()));
                return true;
            } catch (AppendConflictException somebodyWasFaster) {
                // Something was appended to the boundary since it was read: decide again.
            }
        }
        throw new IllegalStateException("Seat " + seat + " is in great demand; try again later.");
    }

    private static boolean mayReserve(List<RecordedEvent> events, String seat, String person) {
        boolean taken = events.stream().anyMatch(event -> event.tags().contains("seat:" + seat));
        long reservedByPerson = events.stream()
                .filter(event -> event.tags().contains("person:" + person))
                .count();
        return !taken && reservedByPerson < SEATS_OF_A_PERSON_MAX;
    }
}
