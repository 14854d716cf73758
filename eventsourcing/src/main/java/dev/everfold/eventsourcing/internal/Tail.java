package dev.everfold.eventsourcing.internal;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Reads new events once for all consumers that wait, and wakes only those that an event is for.
///
/// One thread, which rests while nobody waits. Safe for many threads.
public final class Tail implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Tail.class.getName());

    /// How long it waits at once, which bounds how late it notices that nobody waits any more.
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    /// How long it rests after a failure; meanwhile consumers look for themselves whenever their own waits end.
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final int READ_EVENTS_MAX = 1_000;

    private final EventStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Guarded by the lock: who waits, and up to where all events have been shown to all of them; raised with each
    /// event that is shown, since who comes in between is shown those that follow only.
    private final List<Watch> watches = new ArrayList<>();

    private long position;
    private boolean started;
    private boolean closed;

    public Tail(EventStore store) {
        this.store = store;
    }

    /// A wait for events; close it when the wait is over.
    final class Watch implements AutoCloseable {

        private final Predicate<RecordedEvent> wanted;
        private final Wakeup wakeup;

        /// Guarded by the lock.
        private long clearTo;

        private boolean rung;

        private Watch(Predicate<RecordedEvent> wanted, long fromPosition, Wakeup wakeup) {
            this.wanted = wanted;
            this.clearTo = fromPosition;
            this.wakeup = wakeup;
        }

        /// Where to read on: nothing below is wanted.
        long clearTo() {
            lock.lock();
            try {
                return clearTo;
            } finally {
                lock.unlock();
            }
        }

        private void ring() {
            rung = true;
            wakeup.ring();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watches.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /// Rings when an event at or after the position is wanted, or may be.
    Watch watch(Predicate<RecordedEvent> wanted, long fromPosition, Wakeup wakeup) {
        Watch watch = new Watch(wanted, fromPosition, wakeup);
        lock.lock();
        try {
            if (watches.stream().allMatch(each -> each.rung)) {
                position = Math.max(position, fromPosition);
            }
            if (fromPosition < position || closed) {
                watch.ring();
            }
            watches.add(watch);
            changed.signalAll();
            if (!started && !closed) {
                started = true;
                Thread.ofVirtual().name("everfold-tail").start(this::run);
            }
        } finally {
            lock.unlock();
        }
        return watch;
    }

    private void run() {
        boolean isFailing = false;
        try {
            for (long from = next(); from >= 0; from = next()) {
                isFailing = !isSeen(from, isFailing);
            }
        } catch (InterruptedException | StoreClosedException ended) {
            close();
        }
    }

    /// Shows what comes. After a failure all are woken, since whoever waits meets the same when it reads, and tells
    /// it; then it rests: a store that is away for a moment must not make all consumers ask it without a pause.
    ///
    /// @return false when the store has failed
    private boolean isSeen(long from, boolean hasFailedBefore) throws InterruptedException {
        try {
            if (store.awaitPosition(from, WAIT_MAX)) {
                show(from);
            }
            return true;
        } catch (StoreClosedException ended) {
            throw ended;
        } catch (RuntimeException failed) {
            Level level = hasFailedBefore ? Level.DEBUG : Level.WARNING;
            LOG.log(level, "reading new events failed; consumers read for themselves meanwhile", failed);
            rest();
            return false;
        }
    }

    private void rest() throws InterruptedException {
        lock.lock();
        try {
            watches.forEach(Watch::ring);
            long nanos = AFTER_FAILURE.toNanos();
            while (!closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until somebody waits; negative when closed.
    private long next() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && watches.stream().allMatch(each -> each.rung)) {
                changed.await();
            }
            return closed ? -1 : position;
        } finally {
            lock.unlock();
        }
    }

    private void show(long from) {
        try (EventCursor cursor = store.read(Read.all().fromPosition(from).limit(READ_EVENTS_MAX))) {
            while (cursor.hasNext()) {
                show(cursor.next());
            }
            lock.lock();
            try {
                position = Math.max(position, cursor.nextPosition());
                for (Watch watch : watches) {
                    if (!watch.rung) {
                        watch.clearTo = Math.max(watch.clearTo, position);
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void show(RecordedEvent event) {
        lock.lock();
        try {
            for (Watch watch : watches) {
                if (!watch.rung && event.position() >= watch.clearTo && isWanted(watch, event)) {
                    watch.ring();
                }
            }
            position = Math.max(position, event.position() + 1);
        } finally {
            lock.unlock();
        }
    }

    /// A test that fails is the consumer's to meet, not to be left asleep with.
    private static boolean isWanted(Watch watch, RecordedEvent event) {
        try {
            return watch.wanted.test(event);
        } catch (RuntimeException failed) {
            return true;
        }
    }

    /// Wakes all that wait; later waits end at once.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            watches.forEach(Watch::ring);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
