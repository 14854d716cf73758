package dev.everfold.jdbc;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventstore.EventStoreException.Stored;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A build as one transaction sees it that nothing changes any more: what others write meanwhile is not in it, and they
/// do not wait for it.
///
/// Rows come ordered by their keys as text, by the bytes of UTF-8. That is the order of [ModelRow], except between
/// characters beyond U+FFFF and those from U+E000 to U+FFFF.
final class JdbcModelSnapshot implements ModelSnapshot, Iterator<ModelRow> {

    private static final System.Logger LOG = System.getLogger(JdbcModelSnapshot.class.getName());

    private static final String KEY = "everfold_key";
    private static final int FETCHED_ROWS = 1_000;

    private final Connection connection;
    private final Settings before;
    private final Dialect dialect;
    private final Build build;
    private final Queue<String> tables;

    private String table = "";
    private @Nullable PreparedStatement statement;
    private @Nullable ResultSet rows;
    private @Nullable ModelRow next;

    /// How the connection was got.
    private record Settings(boolean autoCommit, int isolation) {}

    private JdbcModelSnapshot(
            Connection connection, Settings before, Dialect dialect, Build build, List<String> tables) {
        this.connection = connection;
        this.before = before;
        this.dialect = dialect;
        this.build = build;
        this.tables = new ArrayDeque<>(tables.stream().sorted().toList());
    }

    static JdbcModelSnapshot open(ModelHome home, ModelBuilds builds, Build build) {
        try {
            Connection connection = home.open();
            try {
                Settings before = new Settings(connection.getAutoCommit(), connection.getTransactionIsolation());
                connection.setAutoCommit(false);
                if (builds.dialect() == Dialect.POSTGRESQL) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                }
                return open(connection, before, builds, build);
            } catch (SQLException | RuntimeException failed) {
                connection.close();
                throw failed;
            }
        } catch (SQLException failed) {
            throw failed(build, failed);
        }
    }

    private static JdbcModelSnapshot open(Connection connection, Settings before, ModelBuilds builds, Build build)
            throws SQLException {
        Optional<BuildTable.Stored> stored = builds.find(connection, build.number());
        Optional<Build> now = stored.isEmpty() ? Optional.empty() : builds.sound(connection, stored.get());
        if (stored.isEmpty() || now.isEmpty()) {
            throw new IllegalStateException(
                    "Build " + build.number() + " of projection \"" + build.projection() + "\" is not there any more.");
        }
        return new JdbcModelSnapshot(
                connection, before, builds.dialect(), now.get(), stored.get().tables());
    }

    private static DatabaseFailedException failed(Build build, SQLException cause) {
        return new DatabaseFailedException(
                "Reading a build of projection \"" + build.projection() + "\"",
                Stored.NO,
                SqlFailures.isTransient(cause),
                cause);
    }

    @Override
    public long position() {
        return build.position();
    }

    @Override
    public Iterator<ModelRow> rows() {
        return this;
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null) {
                if (rows != null && rows.next()) {
                    next = row(rows);
                } else if (tables.isEmpty()) {
                    return false;
                } else {
                    begin(tables.remove());
                }
            }
            return true;
        } catch (SQLException failed) {
            throw failed(build, failed);
        }
    }

    @Override
    public ModelRow next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("all rows of the build were read");
        }
        ModelRow row = next;
        next = null;
        return row;
    }

    private ModelRow row(ResultSet row) throws SQLException {
        Map<String, String> values = new HashMap<>();
        for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
            String value = row.getString(i);
            if (value != null) {
                values.put(row.getMetaData().getColumnLabel(i), value);
            }
        }
        return new ModelRow(table, row.getString(1), values);
    }

    private void begin(String nextTable) throws SQLException {
        closeRows();
        table = nextTable;
        String name = ModelSchema.nameIn(build.number(), nextTable);
        String key = keyColumns(name).stream()
                .map(column -> "coalesce(cast(" + VersionedTable.quoted(column) + " as text), '')")
                .collect(Collectors.joining(" || '/' || "));
        statement = connection.prepareStatement("select " + key + " as " + KEY + ", t.* from "
                + VersionedTable.quoted(name) + " t order by " + dialect.orderedText(key));
        statement.setFetchSize(FETCHED_ROWS);
        rows = statement.executeQuery();
    }

    private List<String> keyColumns(String name) throws SQLException {
        try (PreparedStatement columns = Statements.prepare(connection, dialect.columns())) {
            columns.setString(1, name);
            Map<Integer, String> keys = new HashMap<>();
            List<String> all = new ArrayList<>();
            try (ResultSet found = columns.executeQuery()) {
                while (found.next()) {
                    all.add(found.getString(1));
                    keys.put(found.getInt(2), found.getString(1));
                }
            }
            keys.remove(0);
            return keys.isEmpty()
                    ? all
                    : keys.keySet().stream().sorted().map(keys::get).toList();
        }
    }

    private void closeRows() throws SQLException {
        if (rows != null) {
            rows.close();
            rows = null;
        }
        if (statement != null) {
            statement.close();
            statement = null;
        }
    }

    /// A connection that failed is given back as it is: it must not be kept.
    @Override
    public void close() {
        try (connection) {
            closeRows();
            connection.rollback();
            if (connection.getTransactionIsolation() != before.isolation()) {
                connection.setTransactionIsolation(before.isolation());
            }
            connection.setAutoCommit(before.autoCommit());
        } catch (SQLException failed) {
            LOG.log(Level.DEBUG, "snapshot not closed", failed);
        }
    }
}
