package dev.everfold.postgres;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.StoreClosedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Lets threads wait for positions, and looks for news while somebody waits.
///
/// Appends of this process wake at once. Of others it learns by a notification; a look at the log now and
/// then makes good for one that was lost, and takes its place where nobody can listen (a replica, a pool
/// of transactions): often while there is news, less often while there is none.
final class Arrivals implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.postgres");

    private static final int LISTENING_LOOK_MILLIS = 500;
    private static final long DEAF_LOOK_MILLIS_MIN = 2;
    private static final long DEAF_LOOK_MILLIS_MAX = 100;
    private static final long LISTEN_AGAIN_MILLIS = 1_000;
    private static final long LINGER_MILLIS = 5_000;

    private final Database database;
    private final LongSupplier nextPosition;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition wanted = lock.newCondition();
    private long known;
    private int waiting;
    private boolean closed;
    private @Nullable Thread watcher;
    private @Nullable Connection listening;

    /// @param nextPosition looks at the log
    Arrivals(Database database, LongSupplier nextPosition) {
        this.database = database;
        this.nextPosition = nextPosition;
    }

    /// The log has grown, as this process knows for sure.
    void raise(long next) {
        lock.lock();
        try {
            if (next > known) {
                known = next;
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The highest next position that is known.
    long known() {
        lock.lock();
        try {
            return known;
        } finally {
            lock.unlock();
        }
    }

    /// Somebody looked at the log. When it ends before what was known by then, a failover lost some of
    /// it, and nobody is to be told of events that are gone.
    ///
    /// @param knownBefore what was [known][#known()] before that look
    /// @param next where the log ended
    void looked(long knownBefore, long next) {
        lock.lock();
        try {
            if (next < knownBefore) {
                known = next;
            } else {
                raise(next);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the next position is above `position`.
    boolean await(long position, Duration timeout) throws InterruptedException {
        if (isKnown(position)) {
            return true;
        }
        try {
            raise(nextPosition.getAsLong());
        } catch (EventStoreException failure) {
            // A virtual thread that is interrupted while it talks to the server loses the connection by that.
            if (Thread.interrupted()) {
                throw new InterruptedException("Interrupted while it looked at the log.");
            }
            throw failure;
        }
        long nanosLeft = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            waiting++;
            watch();
            while (known <= position) {
                requireOpen();
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = news.awaitNanos(nanosLeft);
            }
            requireOpen();
            return true;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private boolean isKnown(long position) {
        lock.lock();
        try {
            requireOpen();
            return known > position;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }

    private void watch() {
        if (watcher == null) {
            watcher = Thread.ofVirtual().name("everfold-watcher").start(this::look);
        } else {
            wanted.signalAll();
        }
    }

    /// Looks for news for as long as somebody waits, and a while longer.
    private void look() {
        try {
            long pauseMillis = DEAF_LOOK_MILLIS_MIN;
            long listenInMillis = 0;
            while (isWanted()) {
                if (listening == null && listenInMillis <= 0) {
                    listen();
                    listenInMillis = LISTEN_AGAIN_MILLIS;
                }
                boolean grown = raiseToLog();
                pauseMillis = grown ? DEAF_LOOK_MILLIS_MIN : Math.min(pauseMillis * 2, DEAF_LOOK_MILLIS_MAX);
                if (listening != null) {
                    awaitNotification(listening);
                } else {
                    pause(pauseMillis);
                    listenInMillis -= pauseMillis;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            hangUp();
        }
    }

    /// Whether somebody waits; waits itself for a while when nobody does.
    @SuppressWarnings("WaitNotInLoop") // whether it was woken or the time is out makes no difference
    private boolean isWanted() throws InterruptedException {
        lock.lock();
        try {
            if (!closed && waiting == 0) {
                boolean _ = wanted.await(LINGER_MILLIS, TimeUnit.MILLISECONDS);
            }
            if (closed || waiting == 0) {
                watcher = null;
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean raiseToLog() {
        try {
            long next = nextPosition.getAsLong();
            lock.lock();
            try {
                boolean grown = next > known;
                raise(next);
                return grown;
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException unreachable) {
            LOGGER.log(System.Logger.Level.DEBUG, "no look at the log store=" + database.store(), unreachable);
            return false;
        }
    }

    private void listen() {
        try {
            Connection connection = database.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen " + database.sql().channel());
            } catch (SQLException deaf) {
                connection.close();
                throw deaf;
            }
            lock.lock();
            try {
                listening = connection;
            } finally {
                lock.unlock();
            }
        } catch (SQLException deaf) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot listen store=" + database.store(), deaf);
        }
    }

    private void awaitNotification(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).getNotifications(LISTENING_LOOK_MILLIS);
        } catch (SQLException lost) {
            LOGGER.log(System.Logger.Level.DEBUG, "listens no longer store=" + database.store(), lost);
            hangUp();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // whether it was woken or the time is out makes no difference
    private void pause(long millis) throws InterruptedException {
        lock.lock();
        try {
            if (!closed) {
                boolean _ = wanted.await(millis, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void hangUp() {
        lock.lock();
        try {
            if (listening != null) {
                listening.close();
            }
        } catch (SQLException gone) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot hang up store=" + database.store(), gone);
        } finally {
            listening = null;
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            news.signalAll();
            wanted.signalAll();
        } finally {
            lock.unlock();
        }
        hangUp();
    }
}
