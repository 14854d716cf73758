package dev.everfold.eventsourcing;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ForwardingCursor;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the events that come out of a cursor.
public final class CountingCursor extends ForwardingCursor {

    private final AtomicInteger events;

    public CountingCursor(EventCursor delegate, AtomicInteger events) {
        super(delegate);
        this.events = events;
    }

    @Override
    public RecordedEvent next() {
        events.incrementAndGet();
        return super.next();
    }
}
