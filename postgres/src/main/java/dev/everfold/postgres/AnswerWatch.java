package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Ends the connection of a call that the server does not answer in time. One call at a time.
///
/// A virtual thread that reads with a time-out wakes another thread to take the time, and once more to forget
/// it: an append would pay for both. So it reads without one, and here somebody looks now and then.
final class AnswerWatch implements AutoCloseable {

    private static final int LOOKS = 8;

    private final long answerMaxNanos;
    private final LongSupplier nanos;
    private final AtomicReference<@Nullable Call> running = new AtomicReference<>();

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private boolean closed;

    /// What has to be answered before then.
    private record Call(Connection connection, long untilNanos) {}

    /// @param answerMax how long a call may take; it is ended by an eighth of that later
    /// @param nanos the time, as by [System#nanoTime()]
    AnswerWatch(Duration answerMax, LongSupplier nanos) {
        this.answerMaxNanos = answerMax.toNanos();
        this.nanos = nanos;
        Thread.ofVirtual().name("everfold-answer-watch").start(this::watch);
    }

    /// Does something on a connection of the pool, which gives it back its own time-out afterwards.
    ///
    /// @throws SQLException also when the connection was ended
    <T> T within(Connection connection, Database.Work<T> work) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0);
        Call call = new Call(connection, nanos.getAsLong() + answerMaxNanos);
        running.set(call);
        try {
            return work.on(connection);
        } finally {
            running.compareAndSet(call, null);
        }
    }

    private void watch() {
        lock.lock();
        try {
            while (!closed) {
                long _ = ended.awaitNanos(answerMaxNanos / LOOKS);
                endOverdue();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void endOverdue() {
        Call call = running.get();
        if (call == null || call.untilNanos - nanos.getAsLong() > 0 || !running.compareAndSet(call, null)) {
            return;
        }
        try {
            call.connection.abort(Runnable::run);
        } catch (SQLException gone) {
            // Then nobody waits for it any more.
        }
    }

    /// Watches no more; no call may be running.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ended.signal();
        } finally {
            lock.unlock();
        }
    }
}
