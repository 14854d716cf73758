package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A door to a store that is kept while the door is closed, and opened by the next door.
final class KeptStore extends ForwardingEventStore {

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    KeptStore(EventStore kept) {
        super(kept);
    }

    @Override
    public Appended append(Append append) {
        lock.lock();
        try {
            requireOpen();
            return delegate.append(append);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    @Override
    public EventCursor read(Read read) {
        requireOpen();
        return new ForwardingCursor(delegate.read(read)) {
            @Override
            public boolean hasNext() {
                requireOpen();
                return delegate.hasNext();
            }

            @Override
            public RecordedEvent next() {
                requireOpen();
                return delegate.next();
            }
        };
    }

    @Override
    public long nextPosition() {
        requireOpen();
        return delegate.nextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        long nanosLeft = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            requireOpen();
            while (delegate.nextPosition() <= position) {
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
                requireOpen();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        requireOpen();
        return delegate.trackedPosition(source);
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        requireOpen();
        return delegate.trackedPositions();
    }

    @Override
    public StoreStats stats() {
        requireOpen();
        return delegate.stats();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new StoreClosedException("store");
            }
        } finally {
            lock.unlock();
        }
    }
}
