package dev.everfold.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.everfold.eventstore.StoreClosedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.postgresql.ds.PGSimpleDataSource;

/// The connections of one store: a pool for what is short, and single ones for what is long.
final class Database implements AutoCloseable, Reading {

    private static final int IDLE_CONNECTIONS_MIN = 1;

    private final PGSimpleDataSource server;
    private final HikariDataSource pool;
    private final String store;
    private final Sql sql;
    private volatile boolean closed;

    /// Something that is done on a connection.
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    Database(PostgresUri uri) {
        this.server = uri.dataSource();
        this.store = uri.description();
        this.sql = new Sql(uri.options().schema());
        HikariConfig settings = new HikariConfig();
        settings.setPoolName("everfold-" + uri.options().schema());
        settings.setDataSource(server);
        settings.setMaximumPoolSize(uri.options().connectionsMax());
        settings.setMinimumIdle(IDLE_CONNECTIONS_MIN);
        settings.setConnectionTimeout(uri.options().connectMax().toMillis());
        settings.setValidationTimeout(Math.min(5_000, uri.options().connectMax().toMillis()));
        // The server was reached a moment ago, to open the store; from here on it may come and go.
        settings.setInitializationFailTimeout(-1);
        this.pool = new HikariDataSource(settings);
    }

    Sql sql() {
        return sql;
    }

    /// Which store, for messages.
    String store() {
        return store;
    }

    /// A connection of the pool; closing it gives it back.
    Connection take() throws SQLException {
        if (closed) {
            throw new StoreClosedException("store");
        }
        return pool.getConnection();
    }

    /// A connection for oneself.
    Connection connect() throws SQLException {
        return server.getConnection();
    }

    /// Ends a transaction that failed; what the connection says to that goes with the failure.
    static void rollBack(Connection connection, Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException gone) {
            failure.addSuppressed(gone);
        }
    }

    /// Gives out no connection any more that is open by now, after one was lost: the server may be silent on
    /// others too.
    /// Unless it had nothing to do with the server.
    void renewAfter(SQLException loss) {
        boolean isPoolEmpty = loss instanceof SQLTransientConnectionException;
        if (!isPoolEmpty && !Thread.currentThread().isInterrupted()) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /// Reads something that is one statement, once more when the connection had been lost unnoticed.
    @Override
    public <T> T read(Work<T> work) {
        try {
            try (Connection connection = take()) {
                return work.on(connection);
            } catch (SQLException failure) {
                // An interrupted thread loses whatever connection it has.
                if (!SqlFailures.isLost(failure) || Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
                renewAfter(failure);
                try (Connection connection = take()) {
                    return work.on(connection);
                }
            }
        } catch (SQLException failure) {
            if (closed) {
                throw new StoreClosedException("store");
            }
            throw SqlFailures.nothingStored(failure, store);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        pool.close();
    }
}
