package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.PositionAheadException;
import java.time.Instant;

/// From where a consumer is to begin to a position.
public final class Starts {

    private Starts() {}

    /// The same beginning, where the end is where the log ends now and not when the claim is made: what is appended
    /// after the call that starts a consumer is not left out.
    public static StartAt fixed(EventStore store, StartAt start) {
        return start instanceof StartAt.End ? StartAt.position(store.nextPosition()) : start;
    }

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
            case StartAt.Recorded(Instant time) ->
                RecordedTimes.first(store, end, recorded -> !recorded.isBefore(time));
        };
    }
}
