package dev.everfold.examples.bank;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// An account as of some instant: what had occurred by then, and what was there after each of it.
///
/// @param lines in the order in which they occurred
record Statement(List<Statement.Line> lines) {

    /// One thing that happened.
    record Line(Instant occurred, AccountEvent event, long cents) {}

    static Statement of(EventStore store, String account, Instant asOf) {
        List<RecordedEvent> events =
                new ArrayList<>(store.read(Read.stream("account-" + account)).toList());
        events.removeIf(event -> occurred(event).isAfter(asOf));
        events.sort(Comparator.comparing(Statement::occurred));
        List<Line> lines = new ArrayList<>();
        Account state = Account.NONE;
        for (RecordedEvent recorded : events) {
            for (AccountEvent event : AccountEvent.CODEC.decode(recorded)) {
                state = Account.evolve(state, event);
                lines.add(new Line(occurred(recorded), event, state.cents()));
            }
        }
        return new Statement(List.copyOf(lines));
    }

    /// What was there in the end.
    long cents() {
        return lines.isEmpty() ? 0 : lines.getLast().cents();
    }

    private static Instant occurred(RecordedEvent event) {
        return event.occurred().orElseGet(event::recorded);
    }
}
