package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.time.Instant;

/// From where a consumer is to begin to a position.
final class Starts {

    private Starts() {}

    /// @throws PositionAheadException when a position lies beyond the log
    static long position(EventStore store, StartAt start) {
        long end = store.nextPosition();
        return switch (start) {
            case StartAt.Beginning() -> 0;
            case StartAt.End() -> end;
            case StartAt.Position(long position) -> {
                if (position > end) {
                    throw new PositionAheadException("Start", position, end);
                }
                yield position;
            }
            case StartAt.Recorded(Instant time) -> firstRecorded(store, time, end);
        };
    }

    /// By halving, since recorded time never falls with the position.
    private static long firstRecorded(EventStore store, Instant time, long end) {
        long low = 0;
        long high = end;
        while (low < high) {
            long middle = low + (high - low) / 2;
            Instant recorded = store.read(
                            Read.matching(Query.all()).fromPosition(middle).limit(1))
                    .toList()
                    .getFirst()
                    .recorded();
            if (recorded.isBefore(time)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
