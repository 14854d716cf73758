package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.internal.RecordedTimes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// Finds points in time in a log. Safe for many threads.
///
/// A cut is always a position. It is fixed once, so that all that is read for it fits together whatever is
/// appended meanwhile.
final class Cuts {

    private final EventStore store;
    private final Clock clock;

    Cuts(EventStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Where the point is for one stream.
    Cut ofStream(PointInTime when, String stream) {
        return switch (when) {
            case PointInTime.AsOf(Instant occurred, PointInTime.OfLog known) ->
                new Cut(position(known, Optional.of(stream)), Optional.of(occurred));
            case PointInTime.OfLog known -> new Cut(position(known, Optional.of(stream)), Optional.empty());
        };
    }

    /// Where the point is for all streams.
    ///
    /// @throws IllegalArgumentException when it is a revision
    Cut ofLog(PointInTime when) {
        return switch (when) {
            case PointInTime.AsOf(Instant occurred, PointInTime.OfLog known) ->
                new Cut(position(known, Optional.empty()), Optional.of(occurred));
            case PointInTime.OfLog known -> new Cut(position(known, Optional.empty()), Optional.empty());
        };
    }

    /// The last event of a stream below a position.
    Optional<RecordedEvent> lastOf(String stream, long toPosition) {
        return one(Read.matching(Query.stream(stream)).toPosition(toPosition).backwards());
    }

    private long position(PointInTime.OfLog known, Optional<String> stream) {
        return switch (known) {
            case PointInTime.Now() -> store.nextPosition();
            case PointInTime.AtPosition(long toPosition) -> position(toPosition);
            case PointInTime.KnownAt(Instant recorded) -> positionAfter(recorded);
            case PointInTime.AtRevision(long toRevision) ->
                positionOf(
                        toRevision,
                        stream.orElseThrow(() -> new IllegalArgumentException("Several streams "
                                + known + " are no state of anything; expected a point that all of them share, as"
                                + " now(), asOf(…), knownAt(…) or atPosition(…).")));
        };
    }

    private long position(long toPosition) {
        long end = store.nextPosition();
        if (toPosition > end) {
            throw new PositionAheadException("State", toPosition, end);
        }
        return toPosition;
    }

    private long positionOf(long toRevision, String stream) {
        if (toRevision == 0) {
            return 0;
        }
        return one(Read.stream(stream).fromRevision(toRevision - 1))
                        .orElseThrow(() -> revisionAhead(toRevision, stream))
                        .position()
                + 1;
    }

    private IllegalArgumentException revisionAhead(long toRevision, String stream) {
        long events = lastOf(stream, store.nextPosition())
                .map(last -> last.revision() + 1)
                .orElse(0L);
        return new IllegalArgumentException("Stream \"" + stream + "\" has no state at revision " + toRevision
                + ", which is after as many events: it has " + events + ". Expected 0.." + events + ".");
    }

    /// The first position whose event was recorded later. The newest event is asked first: mostly it was not.
    private long positionAfter(Instant recorded) {
        long end = store.nextPosition();
        if (end == 0 || !RecordedTimes.at(store, end - 1).isAfter(recorded)) {
            requirePast(recorded, end);
            return end;
        }
        return RecordedTimes.first(store, end - 1, time -> time.isAfter(recorded));
    }

    /// The clock of the store may be ahead of ours, so its newest event is as good a proof that the time has come.
    private void requirePast(Instant recorded, long end) {
        Instant now = clock.instant();
        boolean isLastRecorded = end > 0 && RecordedTimes.at(store, end - 1).equals(recorded);
        if (recorded.isAfter(now) && !isLastRecorded) {
            throw new IllegalArgumentException("What is known at " + recorded + " is not known yet: it is " + now
                    + ". Expected a time that has come; for what is to be true then, use asOf(…).");
        }
    }

    private Optional<RecordedEvent> one(Read read) {
        return store.read(read.limit(1)).toList().stream().findFirst();
    }
}
