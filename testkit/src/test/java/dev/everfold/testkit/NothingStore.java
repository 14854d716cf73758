package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Does nothing and says that all is well.
final class NothingStore implements EventStore {

    private final UUID lineage = UUID.randomUUID();

    @Override
    public Appended append(Append append) {
        return new Appended(0, Collections.nCopies(append.events().size(), 0L));
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        return CompletableFuture.completedFuture(append(append));
    }

    @Override
    public EventCursor read(Read read) {
        return new EmptyCursor();
    }

    @Override
    public long nextPosition() {
        return 0;
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) {
        return false;
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        return OptionalLong.empty();
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        return new TreeMap<>();
    }

    @Override
    public UUID lineage() {
        return lineage;
    }

    @Override
    public Limits limits() {
        return Limits.DEFAULTS;
    }

    @Override
    public StoreStats stats() {
        return new StoreStats(0, 0, new TreeMap<>(), 0, 1);
    }

    @Override
    public void close() {}

    /// Is at its end.
    private static final class EmptyCursor implements EventCursor {

        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public RecordedEvent next() {
            throw new NoSuchElementException();
        }

        @Override
        public long end() {
            return 0;
        }

        @Override
        public long nextPosition() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
