package dev.everfold.grpc.wire;

import dev.everfold.eventstore.StoreClosedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The end of a log, watched by one thread for all who wait for it; none when nobody waits.
///
/// So a thousand waiting subscriptions of one client cost one call, and a thousand waiting calls cost the
/// server's store one wait. Safe for use by many threads.
public final class Tail implements AutoCloseable {

    private static final long PAUSE_MILLIS_MIN = 50;
    private static final long PAUSE_MILLIS_MAX = 2_000;

    /// Where the next position comes from.
    @FunctionalInterface
    public interface Source {
        /// Waits, for a bounded time, until the next position is above `known`.
        ///
        /// @return the next position as it is then
        /// @throws StoreClosedException when there is nothing to wait for any more
        /// @throws RuntimeException when it cannot be told now; it is asked again after a pause
        long await(long known) throws InterruptedException;
    }

    private final Source source;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long known;
    private int waiting;
    private boolean watching;
    private boolean closed;

    /// A tail that nobody waits for yet.
    ///
    /// @param source asked by the watching thread, one call at a time
    public Tail(Source source) {
        this.source = source;
    }

    /// Says that the next position is at least this one, however that was learnt.
    ///
    /// @return the highest that is known
    public long learn(long nextPosition) {
        lock.lock();
        try {
            if (nextPosition > known) {
                known = nextPosition;
                changed.signalAll();
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /// The highest next position that is known.
    public long known() {
        return learn(0);
    }

    /// Waits until the next position is above `position`.
    ///
    /// @return whether it is
    /// @throws StoreClosedException when this is closed, also while waiting
    public boolean await(long position, Duration timeout) throws InterruptedException {
        long nanosLeft = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            waiting++;
            while (true) {
                requireOpen();
                if (known > position) {
                    return true;
                }
                if (nanosLeft <= 0) {
                    return false;
                }
                if (!watching) {
                    watching = true;
                    Thread.ofVirtual().name("everfold-tail").start(this::watch);
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /// Ends every wait, now and later.
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

    private void watch() {
        long pauseMillis = PAUSE_MILLIS_MIN;
        try {
            while (isWanted()) {
                try {
                    learn(source.await(known()));
                    pauseMillis = PAUSE_MILLIS_MIN;
                } catch (StoreClosedException ended) {
                    close();
                } catch (RuntimeException notNow) { // those who wait count on this thread
                    pause(pauseMillis);
                    pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
                }
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /// Whether somebody waits; the thread that is told no is not the watching one any more.
    private boolean isWanted() {
        lock.lock();
        try {
            watching = waiting > 0 && !closed;
            return watching;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = TimeUnit.MILLISECONDS.toNanos(millis);
            while (nanosLeft > 0 && !closed) {
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }
}
