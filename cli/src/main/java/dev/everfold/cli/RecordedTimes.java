package dev.everfold.cli;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds places in a log by recorded time. It never falls, so they can be searched for. Of a server's log
/// some events may be hidden; then a place lies somewhere between those that are seen.
final class RecordedTimes {

    private final EventStore store;

    RecordedTimes(EventStore store) {
        this.store = store;
    }

    /// Position of the first event that was recorded then or later; the next position where there is none.
    long firstAtOrAfter(Instant time) {
        return first(store.nextPosition(), recorded -> !recorded.isBefore(time));
    }

    /// Position of the first event below `end` that was recorded later; `end` where there is none.
    long firstAfter(Instant time, long end) {
        return first(end, recorded -> recorded.isAfter(time));
    }

    private long first(long end, Predicate<Instant> isReached) {
        long low = 0;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            // Where nothing is seen any more, the end will do as well.
            if (recordedFrom(middle).filter(isReached.negate()).isEmpty()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// When the first event there or later was recorded; empty where none is seen.
    private Optional<Instant> recordedFrom(long position) {
        try (EventCursor cursor = store.read(Read.all().fromPosition(position).limit(1))) {
            return cursor.hasNext() ? Optional.of(cursor.next().recorded()) : Optional.empty();
        }
    }
}
