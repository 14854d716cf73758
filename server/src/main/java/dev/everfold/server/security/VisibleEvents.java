package dev.everfold.server.security;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Presence;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A cursor without the events that are hidden, over one that has no limit of its own. It looks no further when
/// whoever opened it has left.
final class VisibleEvents implements EventCursor {

    private final EventCursor cursor;
    private final Read read;
    private final Sight sight;
    private final Presence presence = Presence.ofCaller();
    private @Nullable RecordedEvent ahead;
    private long returned;
    private long afterLast;
    private boolean exhausted;

    VisibleEvents(EventCursor cursor, Read read, Sight sight) {
        this.cursor = cursor;
        this.read = read;
        this.sight = sight;
        this.afterLast = cursor.nextPosition();
    }

    @Override
    public boolean hasNext() {
        if (ahead != null) {
            return true;
        }
        if (returned == read.limit()) {
            return false;
        }
        while (cursor.hasNext()) {
            RecordedEvent event = cursor.next();
            if (sight.shows(event.stream())) {
                ahead = event;
                return true;
            }
            // It may take long to come to one that is seen.
            presence.passed();
        }
        exhausted = true;
        return false;
    }

    @Override
    public RecordedEvent next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException("The cursor is at its end; ask hasNext() first.");
        }
        RecordedEvent event = ahead;
        ahead = null;
        returned++;
        afterLast = event.position() + 1;
        return event;
    }

    @Override
    public long end() {
        return cursor.end();
    }

    @Override
    public long nextPosition() {
        return exhausted || read.direction() == Read.Direction.BACKWARDS ? cursor.end() : afterLast;
    }

    @Override
    public void close() {
        cursor.close();
    }
}
