package dev.everfold.testkit;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.NoSuchElementException;

/// Returns a given list, and otherwise behaves as a cursor should; the real cursor notices what is closed.
final class ListCursor extends ForwardingCursor {

    private final Read read;
    private final List<RecordedEvent> events;
    private final long begin;
    private int returned;
    private boolean exhausted;

    /// @param real the cursor of the same read, not moved yet
    ListCursor(EventCursor real, Read read, List<RecordedEvent> events) {
        super(real);
        this.read = read;
        this.events = events;
        this.begin = real.nextPosition();
    }

    @Override
    public boolean hasNext() {
        var _ = delegate.hasNext();
        if (returned >= read.limit()) {
            return false;
        }
        exhausted = returned == events.size();
        return !exhausted;
    }

    @Override
    public RecordedEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return events.get(returned++);
    }

    @Override
    public long nextPosition() {
        if (exhausted || read.direction() == Read.Direction.BACKWARDS) {
            return end();
        }
        return returned == 0 ? begin : events.get(returned - 1).position() + 1;
    }
}
