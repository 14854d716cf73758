package dev.everfold.eventsourcing;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what goes through it to another store.
class CountingStore extends ForwardingEventStore {

    final AtomicInteger appends = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger eventsRead = new AtomicInteger();

    CountingStore(EventStore delegate) {
        super(delegate);
    }

    /// The other store, past the counts.
    EventStore delegate() {
        return delegate;
    }

    void resetCounts() {
        appends.set(0);
        reads.set(0);
        eventsRead.set(0);
    }

    @Override
    public Appended append(Append append) {
        appends.incrementAndGet();
        return super.append(append);
    }

    @Override
    public EventCursor read(Read read) {
        reads.incrementAndGet();
        return new CountingCursor(super.read(read), eventsRead);
    }
}
