package dev.everfold.eventsourcing;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.RecordedEvent;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the events that come out of a cursor.
public record CountingCursor(EventCursor delegate, AtomicInteger events) implements EventCursor {

    @Override
    public boolean hasNext() {
        return delegate.hasNext();
    }

    @Override
    public RecordedEvent next() {
        events.incrementAndGet();
        return delegate.next();
    }

    @Override
    public long end() {
        return delegate.end();
    }

    @Override
    public long nextPosition() {
        return delegate.nextPosition();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
