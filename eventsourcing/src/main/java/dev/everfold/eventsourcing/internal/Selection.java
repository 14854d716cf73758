package dev.everfold.eventsourcing.internal;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.function.Predicate;

/// Which events a consumer takes: those of a query that pass a test. Immutable.
///
/// Events of the system, whose types begin with `$`, are left out unless the query names their types.
///
/// @param query what is read
/// @param test what else must hold, for example the part of a partition
public record Selection(Query query, Predicate<RecordedEvent> test) {

    /// Events of a query.
    public static Selection of(Query query) {
        boolean namesTypes =
                query.items().stream().noneMatch(item -> item.types().isEmpty());
        return new Selection(query, namesTypes ? _ -> true : event -> !isOfSystem(event));
    }

    /// Looks at the first byte only: this is asked for every event of a log.
    private static boolean isOfSystem(RecordedEvent event) {
        FirstByte first = new FirstByte();
        event.withType(first);
        return first.value == '$';
    }

    private static final class FirstByte implements RecordedEvent.SliceConsumer {

        private byte value;

        @Override
        public void accept(byte[] buffer, int at, int length) {
            value = buffer[at];
        }
    }

    /// The same that leaves out more.
    public Selection and(Predicate<RecordedEvent> more) {
        return new Selection(query, test.and(more));
    }

    /// A test for both, for events that were not read by the query.
    Predicate<RecordedEvent> predicate() {
        return query.predicate().and(test);
    }
}
