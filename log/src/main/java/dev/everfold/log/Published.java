package dev.everfold.log;

import dev.everfold.eventstore.StoreClosedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The next position that everyone may see, and those who wait for it to rise.
///
/// Raising it costs one volatile write while nobody waits.
final class Published {

    private volatile long nextPosition;
    /// Changed under the lock; read without it by the one thread that publishes.
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    long nextPosition() {
        return nextPosition;
    }

    /// Called by the one thread that publishes, after everything below is durable and indexed.
    void raise(long newNextPosition) {
        nextPosition = newNextPosition;
        if (waiting.get() > 0) {
            signal();
        }
    }

    /// Waits until the next position is above `position`.
    boolean await(long position, Duration timeout) throws InterruptedException {
        if (nextPosition > position) {
            return true;
        }
        long nanosLeft = TimeUnit.NANOSECONDS.convert(timeout); // clamped, not overflowing
        lock.lockInterruptibly();
        try {
            waiting.incrementAndGet();
            while (nextPosition <= position) {
                if (closed) {
                    throw new StoreClosedException("store");
                }
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            return true;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /// Ends all waits.
    void close() {
        closed = true;
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
