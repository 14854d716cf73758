package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The new events, seen by one thread for all who wait for some of them: it wakes only those
/// whose events came. There is no thread when nobody waits. Safe for use by many threads.
public final class LiveTail implements AutoCloseable {

    /// Waits of the store are cut into these, so that the thread notices that nobody waits any more.
    private static final Duration WAIT = Duration.ofSeconds(1);

    private static final long PAUSE_MILLIS = 200;

    private static final System.Logger LOGGER = System.getLogger(LiveTail.class.getName());

    private final EventStore store;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition pause = lock.newCondition();
    private final Map<Interest, Set<Waiter>> waiters = new HashMap<>();
    private long seen;
    private boolean isWatching;
    private boolean isClosed;

    LiveTail(EventStore store) {
        this.store = store;
    }

    /// Whoever joins hears of every event that becomes visible from now on. So join first, then read.
    public Waiter join(Interest interest) {
        lock.lock();
        try {
            if (isClosed) {
                throw new StoreClosedException("store");
            }
            Waiter waiter = new Waiter(interest);
            if (!isWatching) {
                seen = store.nextPosition();
                isWatching = true;
                Thread.ofVirtual().name("everfold-live-tail").start(this::watch);
            }
            waiters.computeIfAbsent(interest, _ -> new HashSet<>()).add(waiter);
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    /// Ends every wait, now and later.
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            pause.signalAll();
            waiters.values().forEach(all -> all.forEach(Waiter::wake));
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        try {
            while (isWanted()) {
                try {
                    if (store.awaitPosition(seen, WAIT)) {
                        look();
                    }
                } catch (StoreClosedException ended) {
                    close();
                } catch (EventStoreException notNow) {
                    pause();
                } catch (RuntimeException | Error defect) {
                    // Without this thread, nobody who waits would hear of anything any more, nor know why.
                    LOGGER.log(Level.ERROR, "new events were not looked at; they are again in a moment", defect);
                    pause();
                }
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    private boolean isWanted() {
        lock.lock();
        try {
            isWatching = !waiters.isEmpty() && !isClosed;
            return isWatching;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        try (EventCursor cursor = store.read(Read.all().fromPosition(seen))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                String stream = event.stream();
                lock.lock();
                try {
                    long next = event.position() + 1;
                    signal(new Interest.OfStream(stream), next);
                    signal(new Interest.OfCategory(Query.categoryOf(stream)), next);
                    signal(new Interest.OfType(event.type()), next);
                    if (event.type().equals(StreamNames.TOMBSTONE_TYPE)) {
                        signal(new Interest.OfStream(StreamNames.subjectOf(stream)), next);
                    }
                    seen = next;
                } finally {
                    lock.unlock();
                }
            }
        }
        lock.lock();
        try {
            signal(new Interest.Everything(), seen);
        } finally {
            lock.unlock();
        }
    }

    private void signal(Interest interest, long nextPosition) {
        waiters.getOrDefault(interest, Set.of()).forEach(waiter -> waiter.rise(nextPosition));
    }

    private void pause() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            while (nanosLeft > 0 && !isClosed) {
                nanosLeft = pause.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    /// One who waits; leaves by being closed.
    public final class Waiter implements AutoCloseable {

        private final Interest interest;
        private final Condition changed = lock.newCondition();
        private long interesting;
        private boolean isWoken;

        private Waiter(Interest interest) {
            this.interest = interest;
        }

        /// Waits until there may be an interesting event at or after a position, or until it is woken.
        ///
        /// @throws StoreClosedException when there will be none any more
        public void await(long position) throws InterruptedException {
            boolean _ = await(position, Long.MAX_VALUE);
        }

        /// The same, for a bounded time.
        ///
        /// @return false when the time ran out
        public boolean await(long position, long timeoutNanos) throws InterruptedException {
            long nanosLeft = timeoutNanos;
            lock.lockInterruptibly();
            try {
                while (interesting <= position && !isWoken && !isClosed) {
                    if (nanosLeft <= 0) {
                        return false;
                    }
                    nanosLeft = changed.awaitNanos(nanosLeft);
                }
                if (isClosed) {
                    throw new StoreClosedException("store");
                }
                isWoken = false;
                return true;
            } finally {
                lock.unlock();
            }
        }

        /// Whether a wait for the position would end at once because of an event.
        public boolean isPast(long position) {
            lock.lock();
            try {
                return interesting > position;
            } finally {
                lock.unlock();
            }
        }

        /// Ends a wait; the next one when nobody waits now.
        public void wake() {
            lock.lock();
            try {
                isWoken = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void rise(long nextPosition) {
            interesting = nextPosition;
            changed.signalAll();
        }

        /// Waits for nothing any more.
        @Override
        public void close() {
            lock.lock();
            try {
                waiters.computeIfPresent(interest, (_, all) -> {
                    all.remove(this);
                    return all.isEmpty() ? null : all;
                });
            } finally {
                lock.unlock();
            }
        }
    }
}
