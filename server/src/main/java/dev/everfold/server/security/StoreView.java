package dev.everfold.server.security;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.UUID;

/// A store whose appends and reads go through something, and whose other answers are, unless said
/// otherwise, those of the store behind it. As safe for threads as that one.
public abstract class StoreView implements EventStore {

    /// What is behind.
    protected final EventStore store;

    /// A view of a store.
    ///
    /// @param store closed with this one
    protected StoreView(EventStore store) {
        this.store = store;
    }

    @Override
    public final long nextPosition() {
        return store.nextPosition();
    }

    @Override
    public final boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return store.awaitPosition(position, timeout);
    }

    @Override
    public final OptionalLong trackedPosition(String source) {
        return store.trackedPosition(source);
    }

    @Override
    public final SortedMap<String, Long> trackedPositions() {
        return store.trackedPositions();
    }

    @Override
    public final UUID lineage() {
        return store.lineage();
    }

    @Override
    public final Limits limits() {
        return store.limits();
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    @Override
    public final void close() {
        store.close();
    }
}
