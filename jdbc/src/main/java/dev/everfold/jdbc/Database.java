package dev.everfold.jdbc;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// One short transaction a call, on a connection of its own. Safe for many threads.
///
/// Work that meets another transaction is done again, a bounded number of times, so it must be such that
/// doing it twice is harmless.
final class Database {

    private static final System.Logger LOG = System.getLogger(Database.class.getName());

    /// How often work is begun, and the bound of the random wait before it is begun again. Waiting for locks
    /// is the database's part; this is for when it finds that waiting is in vain.
    private static final int TRIES_MAX = 10;

    private static final Duration WAIT_MAX = Duration.ofMillis(20);

    private final Connections connections;

    Database(Connections connections) {
        this.connections = connections;
    }

    /// Where connections come from; each is closed after its transaction.
    @FunctionalInterface
    interface Connections {
        Connection open() throws SQLException;
    }

    /// What is done in a transaction; it neither commits nor closes.
    @FunctionalInterface
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /// Work without a result.
    @FunctionalInterface
    interface Action {
        void with(Connection connection) throws SQLException;
    }

    /// The same as work; what it returns says nothing.
    static Work<Boolean> doing(Action action) {
        return connection -> {
            action.with(connection);
            return true;
        };
    }

    /// Runs work and commits it; once more where it finds a table missing, after that was made anew.
    ///
    /// @param what is being done, for the message of a failure
    /// @throws DatabaseFailedException when the database does not do it
    <T> T transaction(String what, Work<T> work, Runnable makeTables) {
        try {
            return transaction(what, work);
        } catch (DatabaseFailedException failed) {
            if (!failed.isOf(SqlFailures::isTableMissing)) {
                throw failed;
            }
        }
        makeTables.run();
        return transaction(what, work);
    }

    /// Runs work and commits it.
    ///
    /// @param what is being done, for the message of a failure
    /// @throws DatabaseFailedException when the database does not do it
    <T> T transaction(String what, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return once(work);
            } catch (CommitFailedException failed) {
                if (!mayGoOn(tries, failed.cause)) {
                    throw failure(what, failed.cause, SqlFailures.isConflict(failed.cause));
                }
            } catch (SQLException failed) {
                if (!mayGoOn(tries, failed)) {
                    throw failure(what, failed, true);
                }
            }
        }
    }

    private static DatabaseFailedException failure(String what, SQLException cause, boolean rolledBack) {
        boolean retryable = !rolledBack || SqlFailures.isTransient(cause);
        return new DatabaseFailedException(what, rolledBack ? Stored.NO : Stored.UNKNOWN, retryable, cause);
    }

    private static boolean mayGoOn(int tries, SQLException failed) {
        if (tries >= TRIES_MAX || !SqlFailures.isConflict(failed)) {
            return false;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(WAIT_MAX.toNanos()));
        return !Thread.currentThread().isInterrupted();
    }

    private <T> T once(Work<T> work) throws SQLException {
        Connection connection = connections.open();
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            T result = commit(connection, autoCommit, work);
            restore(connection, autoCommit);
            return result;
        } finally {
            close(connection);
        }
    }

    private static <T> T commit(Connection connection, boolean autoCommit, Work<T> work) throws SQLException {
        T result;
        try {
            result = work.with(connection);
        } catch (SQLException | RuntimeException failed) {
            rollBack(connection, autoCommit, failed);
            throw failed;
        }
        try {
            connection.commit();
        } catch (SQLException failed) {
            rollBack(connection, autoCommit, failed);
            throw new CommitFailedException(failed);
        }
        return result;
    }

    /// A connection that could not roll back stays without automatic commits: switching to them would commit
    /// what it has.
    private static void rollBack(Connection connection, boolean autoCommit, Exception failed) {
        try {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        } catch (SQLException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    private static void restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException failed) {
            LOG.log(Level.DEBUG, "connection not set back after its commit", failed);
        }
    }

    /// By now the outcome is decided; it must not look different because of what happens here.
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failed) {
            LOG.log(Level.DEBUG, "connection not closed", failed);
        }
    }

    private static final class CommitFailedException extends SQLException {

        private static final long serialVersionUID = 1L;

        private final SQLException cause;

        CommitFailedException(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
