package dev.everfold.eventsourcing.internal;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/// Positions by recorded time: found by halving, since recorded time never falls with the position.
public final class RecordedTimes {

    private RecordedTimes() {}

    /// The first position whose event was recorded at such a time; `end` where there is none.
    ///
    /// @param isThen false up to some time, and true from there on
    /// @param end next position of the log, or less
    public static long first(EventStore store, long end, Predicate<Instant> isThen) {
        long low = 0;
        long high = end;
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (isThen.test(at(store, middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// When the event at a position was recorded.
    ///
    /// @param position below the store's next position
    public static Instant at(EventStore store, long position) {
        List<RecordedEvent> found = store.read(Read.all()
                        .fromPosition(position)
                        .toPosition(position + 1)
                        .limit(1))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "Position " + position + " is below the store's next position, and has no event.");
        }
        return found.getFirst().recorded();
    }
}
