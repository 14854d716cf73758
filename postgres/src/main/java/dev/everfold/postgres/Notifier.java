package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells other processes that the log has grown: at once when it was quiet, and no more often than every 15 ms.
///
/// Never within a transaction that appends: a commit that notifies takes a lock that the whole server
/// shares, and would hold it while it syncs. One that is lost costs a moment, so it need not be synced.
final class Notifier implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.postgres");

    private static final long PAUSE_MILLIS = 15;
    private static final long LINGER_SECONDS = 30;

    private final Database database;
    private final String statement;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();
    private final Condition ended = lock.newCondition();
    private boolean untold;
    private boolean closed;
    private @Nullable Thread teller;

    Notifier(Database database) {
        this.database = database;
        this.statement =
                "set local synchronous_commit = off; notify " + database.sql().channel() + "; commit";
    }

    /// There is something to tell; returns at once.
    void tell() {
        lock.lock();
        try {
            untold = true;
            if (teller == null && !closed) {
                teller = Thread.ofVirtual().name("everfold-notifier").start(this::work);
            } else {
                // Whoever pauses sleeps on: this comes with every commit.
                wanted.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            while (isWanted()) {
                send();
                pause();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // whether it was woken or the time is out makes no difference
    private boolean isWanted() throws InterruptedException {
        lock.lock();
        try {
            if (!untold && !closed) {
                boolean _ = wanted.await(LINGER_SECONDS, TimeUnit.SECONDS);
            }
            if (!untold || closed) {
                teller = null;
                return false;
            }
            untold = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void send() {
        try (Connection connection = database.take()) {
            // Where it fails half-way, as on a replica, the pool rolls back before others get the connection.
            connection.setAutoCommit(false);
            // Of the driver's cache: any other statement is prepared by a new name each time.
            try (PreparedStatement sending = connection.prepareStatement(statement)) {
                sending.execute();
            }
        } catch (SQLException | RuntimeException unsent) {
            LOGGER.log(System.Logger.Level.DEBUG, "not notified store=" + database.store(), unsent);
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            while (nanosLeft > 0 && !closed) {
                nanosLeft = ended.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wanted.signal();
            ended.signal();
        } finally {
            lock.unlock();
        }
    }
}
