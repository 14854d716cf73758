package dev.everfold.eventsourcing.internal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A bell that one thread waits for and any may ring. A ring that nobody waited for is heard by the next wait.
final class Wakeup {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Guarded by the lock.
    private boolean rung;

    void ring() {
        lock.lock();
        try {
            rung = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a ring; false when the time ran out. An interrupt counts as a ring and is over with it: the thread
    /// is that of a consumer, which would never wait again if the flag stayed set.
    boolean await(Duration timeout) {
        lock.lock();
        try {
            long nanos = NANOSECONDS.convert(timeout);
            while (!rung && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            boolean heard = rung;
            rung = false;
            return heard;
        } catch (InterruptedException interrupted) {
            return true;
        } finally {
            lock.unlock();
        }
    }
}
