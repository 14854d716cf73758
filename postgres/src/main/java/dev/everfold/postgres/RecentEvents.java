package dev.everfold.postgres;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Query;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;

/// What the last events of the log [bore][LastSeen], without a gap, as far back as fits: some thousand. For one
/// thread at a time.
final class RecentEvents {

    private static final int EVENTS_MAX = 4_096;

    /// Of their names and tags, encoded with all the rest.
    private static final long BYTES_MAX = 4 << 20;

    private LastSeen older = new LastSeen();
    private LastSeen newer = new LastSeen();
    private long olderFrom;
    private long newerFrom;
    private int events;
    private long bytes;

    /// Goes on from a position, as if there was nothing before.
    void restart(long position) {
        older = new LastSeen();
        newer = new LastSeen();
        olderFrom = position;
        newerFrom = position;
        events = 0;
        bytes = 0;
    }

    /// Adds the event behind the last one.
    void add(PlacedEvent event) {
        long itsBytes = EventFormat.encodedBytesAtMost(event.event());
        if (events == EVENTS_MAX || bytes + itsBytes > BYTES_MAX) {
            older = newer;
            olderFrom = newerFrom;
            newer = new LastSeen();
            newerFrom = event.place().position();
            events = 0;
            bytes = 0;
        }
        newer.add(event.event(), event.place().position(), event.place().revision() == 0);
        events++;
        bytes += itsBytes;
    }

    /// Whether it is known that no event at or behind the position matches.
    boolean nothingMatches(Query query, long fromPosition) {
        return fromPosition >= olderFrom
                && !newer.mayMatch(query, fromPosition)
                && !older.mayMatch(query, fromPosition);
    }
}
