package dev.everfold.eventsourcing;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Hands every call on to another store and counts; subclasses change some.
class ForwardingStore implements EventStore {

    final EventStore delegate;
    final AtomicInteger appends = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger eventsRead = new AtomicInteger();

    ForwardingStore(EventStore delegate) {
        this.delegate = delegate;
    }

    void resetCounts() {
        appends.set(0);
        reads.set(0);
        eventsRead.set(0);
    }

    @Override
    public Appended append(Append append) {
        appends.incrementAndGet();
        return delegate.append(append);
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        return delegate.appendAsync(append);
    }

    @Override
    public EventCursor read(Read read) {
        reads.incrementAndGet();
        return new CountingCursor(delegate.read(read), eventsRead);
    }

    @Override
    public long nextPosition() {
        return delegate.nextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return delegate.awaitPosition(position, timeout);
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        return delegate.trackedPosition(source);
    }

    @Override
    public UUID lineage() {
        return delegate.lineage();
    }

    @Override
    public Limits limits() {
        return delegate.limits();
    }

    @Override
    public StoreStats stats() {
        return delegate.stats();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
