package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Hands every call on to another store; subclasses change some, to watch a store, to disturb it or to let it
/// fail.
///
/// Asynchronous appends take the blocking way, so [#append] is the one method to change for both. As safe for
/// threads as the other store.
public class ForwardingEventStore implements EventStore {

    /// The other store.
    protected final EventStore delegate;

    /// @param delegate closed with this one
    protected ForwardingEventStore(EventStore delegate) {
        this.delegate = delegate;
    }

    @Override
    public Appended append(Append append) {
        return delegate.append(append);
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        delegate.limits().check(append);
        try {
            return CompletableFuture.completedFuture(append(append));
        } catch (EventStoreException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public EventCursor read(Read read) {
        return delegate.read(read);
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
    public SortedMap<String, Long> trackedPositions() {
        return delegate.trackedPositions();
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
