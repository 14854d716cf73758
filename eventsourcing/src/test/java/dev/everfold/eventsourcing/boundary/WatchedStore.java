package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// A real store that is watched, and where others may come in just before an append. For one thread.
final class WatchedStore implements EventStore {

    private final EventStore store;
    private final List<Read> reads = new ArrayList<>();
    private final List<Append> appends = new ArrayList<>();
    private final Deque<Runnable> beforeAppends = new ArrayDeque<>();
    private int eventsRead;
    private boolean losesNextAnswer;

    WatchedStore(EventStore store) {
        this.store = store;
    }

    /// Runs this once, just before the next append that has no such thing yet.
    void beforeNextAppend(Runnable action) {
        beforeAppends.add(action);
    }

    /// The next append is stored, and its answer is lost.
    void loseNextAnswer() {
        losesNextAnswer = true;
    }

    List<Read> reads() {
        return reads;
    }

    /// Every append that was tried.
    List<Append> appends() {
        return appends;
    }

    int eventsRead() {
        return eventsRead;
    }

    @Override
    public Appended append(Append append) {
        Runnable before = beforeAppends.poll();
        if (before != null) {
            before.run();
        }
        appends.add(append);
        Appended appended = store.append(append);
        if (losesNextAnswer) {
            losesNextAnswer = false;
            throw new OutcomeUnknownException("The answer was lost", null);
        }
        return appended;
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        return store.appendAsync(append);
    }

    @Override
    public EventCursor read(Read read) {
        reads.add(read);
        EventCursor cursor = store.read(read);
        return new EventCursor() {
            @Override
            public boolean hasNext() {
                return cursor.hasNext();
            }

            @Override
            public RecordedEvent next() {
                eventsRead++;
                return cursor.next();
            }

            @Override
            public long end() {
                return cursor.end();
            }

            @Override
            public long nextPosition() {
                return cursor.nextPosition();
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    @Override
    public long nextPosition() {
        return store.nextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return store.awaitPosition(position, timeout);
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        return store.trackedPosition(source);
    }

    @Override
    public UUID lineage() {
        return store.lineage();
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    @Override
    public void close() {
        store.close();
    }
}
