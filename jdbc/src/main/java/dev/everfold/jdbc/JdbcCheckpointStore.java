package dev.everfold.jdbc;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/// Checkpoints of subscriptions and reactions in a table of SQLite or PostgreSQL, which it creates by itself.
///
/// Checkpoint and parked events of a step are one transaction. It is refused once another process has claimed the
/// consumer, however long this one stood still. Leases go by the clock of the database, so that the clocks of processes
/// do not matter. What a handler does is not part of the transaction.
///
/// Safe for many threads and processes. A claim keeps one connection as long as it is in force; other calls use one for
/// a short transaction. There is nothing to close.
public final class JdbcCheckpointStore implements CheckpointStore {

    /// What the table is called unless another name is given.
    public static final String TABLE_DEFAULT = "everfold_checkpoints";

    private final Database.Connections connections;
    private final Database database;
    private final Dialect dialect;
    private final VersionedTable versioned;
    private final ClaimTable table;

    private JdbcCheckpointStore(Database.Connections connections, String table) {
        this.connections = connections;
        this.database = new Database(connections);
        this.dialect = database.transaction("Connecting to the database", Dialect::of);
        this.versioned = new VersionedTable(table, ClaimTable.steps(table));
        this.table = new ClaimTable(table, dialect);
        prepareTable();
    }

    /// In the default table of a database. The data source stays the caller's; it must give connections
    /// whose transactions this may begin and end, and should bound how long connecting takes.
    ///
    /// @throws UnsupportedDatabaseException when this version cannot use the database or the table
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    public static JdbcCheckpointStore on(DataSource dataSource) {
        return on(dataSource, TABLE_DEFAULT);
    }

    /// In a table with this name. What is parked stands in a second one, whose name ends in `_parked`.
    ///
    /// @param table a lower-case letter, then up to 39 of a-z, 0-9 and `_`
    /// @throws IllegalArgumentException when the name is another
    /// @throws UnsupportedDatabaseException when this version cannot use the database or the table
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    public static JdbcCheckpointStore on(DataSource dataSource, String table) {
        return new JdbcCheckpointStore(dataSource::getConnection, table);
    }

    /// In a file of SQLite, which is created with its folders. Needs `org.xerial:sqlite-jdbc` at run time.
    ///
    /// When the power fails the newest checkpoints can be lost: then events are handled again.
    ///
    /// @throws UnsupportedDatabaseException when the driver is missing, or this version cannot use the table
    /// @throws DatabaseFailedException when the file cannot be opened or is not SQLite's
    public static JdbcCheckpointStore sqlite(Path file) {
        try {
            return new JdbcCheckpointStore(SqliteFile.in(file), TABLE_DEFAULT);
        } catch (IOException failed) {
            throw DatabaseFailedException.noFolder(file, failed);
        }
    }

    /// @throws IllegalStateException when the row of the consumer is not as it was written
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    @Override
    public Optional<Claim> claim(String consumer, String owner, Duration lease) {
        String what = "Claiming consumer \"" + consumer + "\"";
        ClaimKey key = new ClaimKey(consumer, UUID.randomUUID().toString(), owner, lease);
        return database.transaction(what, connection -> claim(connection, key), this::prepareTable);
    }

    private Optional<Claim> claim(Connection connection, ClaimKey key) throws SQLException {
        table.add(connection, key.consumer());
        if (!table.claim(connection, key)) {
            return Optional.empty();
        }
        ClaimTable.Row row = table.read(connection, key.consumer()).orElseThrow();
        if (!row.isSound()) {
            throw new IllegalStateException("The checkpoint of consumer \"" + key.consumer() + "\" in table \""
                    + versioned.name() + "\" is not as it was written. Delete its row, and it begins again where it"
                    + " did at first.");
        }
        StepWriter writer = new StepWriter(
                database,
                new StepConnection(connections, dialect, key.lease()),
                table,
                key,
                row.steps(),
                "of consumer \"" + key.consumer() + "\"");
        return Optional.of(new JdbcClaim(row.checkpoint(), table.parked(connection, key.consumer()), writer));
    }

    private void prepareTable() {
        database.transaction(
                "Preparing table \"" + versioned.name() + "\"",
                Database.doing(connection -> versioned.prepare(connection, dialect)));
    }

    /// Knows nothing of events: who handles them does so around this.
    private record JdbcClaim(Optional<Checkpoint> checkpoint, List<ParkedEvent> parked, StepWriter writer)
            implements Claim {

        @Override
        public void commit(Step step) {
            writer.commit(step, () -> {});
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return failure instanceof DatabaseFailedException failed && failed.retryable();
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
