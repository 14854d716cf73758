package dev.everfold.jdbc;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The connection that a claim keeps, with its prepared statements: opened when it is needed, given back when it
/// failed and when the claim ends. Between steps no transaction is open. For one thread.
final class StepConnection implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StepConnection.class.getName());

    /// Statements that are kept prepared.
    static final int STATEMENTS_MAX = 256;

    /// The database ends a transaction of ours that stands still for as long as the lease, and not below this:
    /// shorter pauses are of the machine.
    private static final Duration IDLE_MIN = Duration.ofSeconds(1);

    private final Database.Connections connections;
    private final Dialect dialect;
    private final long idleMillisMax;
    private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(16, 0.75f, true);

    /// Statements that failed as a batch and are not to be sent as one; kept when the connection is not.
    private final Set<String> oneByOne = new HashSet<>();

    private @Nullable Connection open;
    private boolean autoCommitBefore;
    private boolean isBorrowed;

    StepConnection(Database.Connections connections, Dialect dialect, Duration lease) {
        this.connections = connections;
        this.dialect = dialect;
        this.idleMillisMax = Math.max(lease.toMillis(), IDLE_MIN.toMillis());
    }

    /// A connection with a transaction of somebody else's, to be left as it is. Only statements are executed on it.
    static StepConnection within(Connection transaction, Dialect dialect) {
        StepConnection borrowed = new StepConnection(() -> transaction, dialect, IDLE_MIN);
        borrowed.open = transaction;
        borrowed.isBorrowed = true;
        return borrowed;
    }

    private Connection connection() throws SQLException {
        if (open != null) {
            return open;
        }
        Connection opened = connections.open();
        try {
            autoCommitBefore = opened.getAutoCommit();
            opened.setAutoCommit(true);
            Optional<String> setting = dialect.endIdleTransactionsAfter(idleMillisMax);
            if (setting.isPresent()) {
                Statements.run(opened, setting.get());
            }
            opened.setAutoCommit(false);
        } catch (SQLException | RuntimeException failed) {
            closeQuietly(opened);
            throw failed;
        }
        open = opened;
        return opened;
    }

    /// A prepared statement; it stays this object's.
    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        if (statements.size() >= STATEMENTS_MAX) {
            Iterator<PreparedStatement> eldest = statements.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        PreparedStatement prepared = Statements.prepare(connection(), sql);
        statements.put(sql, prepared);
        return prepared;
    }

    Savepoint savepoint() throws SQLException {
        return connection().setSavepoint();
    }

    void release(Savepoint savepoint) throws SQLException {
        connection().releaseSavepoint(savepoint);
    }

    void rollBackTo(Savepoint savepoint) throws SQLException {
        connection().rollback(savepoint);
    }

    /// Whether rows of a statement are to be sent one by one.
    boolean isOneByOne(String sql) {
        return oneByOne.contains(sql);
    }

    /// From now on rows of a statement are sent one by one.
    void oneByOne(String sql) {
        if (oneByOne.size() >= STATEMENTS_MAX) {
            oneByOne.clear();
        }
        oneByOne.add(sql);
    }

    void commit() throws SQLException {
        connection().commit();
    }

    /// Rolls back; a connection that cannot is given back, which does the same.
    void rollBack(Exception failed) {
        if (open == null) {
            return;
        }
        try {
            open.rollback();
        } catch (SQLException alsoFailed) {
            failed.addSuppressed(alsoFailed);
            drop();
        }
    }

    /// Gives the connection back as it is. One that failed is not set back: that would commit what it has.
    void drop() {
        statements.values().forEach(StepConnection::closeQuietly);
        statements.clear();
        Connection connection = open;
        open = null;
        if (connection != null && !isBorrowed) {
            closeQuietly(connection);
        }
    }

    /// Gives the connection back as it was got.
    @Override
    public void close() {
        try {
            if (open != null && !isBorrowed) {
                open.setAutoCommit(true);
                Optional<String> setting = dialect.restoreIdleTransactions();
                if (setting.isPresent()) {
                    Statements.run(open, setting.get());
                }
                open.setAutoCommit(autoCommitBefore);
            }
        } catch (SQLException failed) {
            LOG.log(Level.DEBUG, "connection not set back", failed);
        }
        drop();
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception failed) {
            LOG.log(Level.DEBUG, "not closed", failed);
        }
    }
}
