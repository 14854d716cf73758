package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;

/// Counts the events that are read from a store. For one thread at a time.
final class Counting extends ForwardingEventStore {

    volatile int events;

    Counting(EventStore store) {
        super(store);
    }

    @Override
    public EventCursor read(Read read) {
        return new ForwardingCursor(super.read(read)) {
            @Override
            @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
            public RecordedEvent next() {
                events++;
                return super.next();
            }
        };
    }
}
