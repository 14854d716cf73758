package dev.everfold.jdbc;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/// Snapshots in a table of SQLite or PostgreSQL, which it creates and upgrades by itself.
///
/// Safe for many threads and processes on one table. Each call is one short transaction on a connection of
/// its own, which goes back before the call returns; there is nothing to close. A transaction that meets
/// another is tried 10 times; a statement takes at most 10 s, waiting for locks included.
///
/// Rows, the table and SQLite's file may be deleted at any time, also while this is in use: the table is
/// made anew. A row that is not as it was put is logged, deleted and passed over.
///
/// Limits: a state has at most [#STATE_BYTES_MAX] bytes; on PostgreSQL names of decider and stream have at
/// most some 2,600 bytes together, more than two names of a store with [dev.everfold.eventstore.Limits#DEFAULTS].
public final class JdbcSnapshotStore implements SnapshotStore {

    /// What the table is called unless another name is given.
    public static final String TABLE_DEFAULT = "everfold_snapshots";

    /// Largest state, encoded: 64 MiB.
    public static final int STATE_BYTES_MAX = 64 << 20;

    private static final System.Logger LOG = System.getLogger(JdbcSnapshotStore.class.getName());

    private final Database database;
    private final SnapshotTable table;

    private JdbcSnapshotStore(Database database, String table) {
        this.database = database;
        this.table = new SnapshotTable(table, database.transaction("Connecting to the database", Dialect::of));
        prepareTable();
    }

    /// In the default table of a database. The data source stays the caller's; it must give connections
    /// whose transactions this may begin and end, and should bound how long connecting takes.
    ///
    /// @throws UnsupportedDatabaseException when this version cannot use the database or the table
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    public static JdbcSnapshotStore on(DataSource dataSource) {
        return on(dataSource, TABLE_DEFAULT);
    }

    /// In a table with this name; its version stands in a second one, whose name ends in `_version`.
    ///
    /// @param table a lower-case letter, then up to 39 of a-z, 0-9 and `_`; found in the schema that
    ///     connections of the data source work in
    /// @throws IllegalArgumentException when the name is another
    /// @throws UnsupportedDatabaseException when this version cannot use the database or the table
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    public static JdbcSnapshotStore on(DataSource dataSource, String table) {
        return new JdbcSnapshotStore(new Database(dataSource::getConnection), table);
    }

    /// In a file of SQLite, which is created with its folders. Needs `org.xerial:sqlite-jdbc` at run time.
    ///
    /// @throws UnsupportedDatabaseException when the driver is missing, or this version cannot use the table
    /// @throws DatabaseFailedException when the file cannot be opened or is not SQLite's
    public static JdbcSnapshotStore sqlite(Path file) {
        try {
            return new JdbcSnapshotStore(new Database(SqliteFile.in(file)), TABLE_DEFAULT);
        } catch (IOException failed) {
            throw DatabaseFailedException.noFolder(file, failed);
        }
    }

    /// @throws IllegalArgumentException when `keep` is below 1 or the state too large
    /// @throws DatabaseFailedException when the database does not store it; it says whether that is certain
    @Override
    public void put(Snapshot snapshot, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("Keeping " + keep + " snapshots of a stream; expected 1 or more.");
        }
        if (snapshot.state().length() > STATE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A state of decider \"" + snapshot.key().decider() + "\" is "
                            + snapshot.state().length() + " bytes; the limit is " + STATE_BYTES_MAX
                            + " (JdbcSnapshotStore.STATE_BYTES_MAX). Keep less in it.");
        }
        inTable(
                "Storing a snapshot of decider \"" + snapshot.key().decider() + "\"",
                Database.doing(connection -> table.put(connection, snapshot, keep)));
    }

    /// @throws DatabaseFailedException when the database cannot be reached or says no
    @Override
    public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
        String what = "Reading a snapshot of decider \"" + key.decider() + "\"";
        long below = toRevision;
        while (true) {
            long belowThis = below;
            Optional<SnapshotTable.Row> row = inTable(what, connection -> table.newest(connection, key, belowThis));
            if (row.isEmpty()) {
                return Optional.empty();
            }
            switch (row.get()) {
                case SnapshotTable.Row.Sound sound -> {
                    return Optional.of(sound.snapshot());
                }
                // Each has a lower revision than the one before, so this ends with the rows of the key.
                case SnapshotTable.Row.Damaged damaged -> {
                    remove(key, damaged.revision());
                    below = damaged.revision();
                }
            }
        }
    }

    /// A damaged row may claim a revision that no event will reach; left alone, it would be the newest for
    /// ever, and each sound one after it be deleted as older.
    private void remove(SnapshotKey key, long revision) {
        LOG.log(
                Level.WARNING,
                "damaged snapshot passed over table={0} decider={1} revision={2}",
                table.name(),
                key.decider(),
                Long.toString(revision));
        try {
            inTable(
                    "Removing a damaged snapshot of decider \"" + key.decider() + "\"",
                    Database.doing(connection -> table.remove(connection, key, revision)));
        } catch (DatabaseFailedException failed) {
            LOG.log(Level.WARNING, "damaged snapshot not removed table=" + table.name(), failed);
        }
    }

    /// In transactions of 1,000 snapshots each: when it fails, some may be deleted already.
    ///
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    @Override
    public void deleteAll(String decider) {
        String what = "Deleting snapshots of decider \"" + decider + "\"";
        boolean more = true;
        while (more) {
            more = inTable(what, connection -> table.deleteSome(connection, decider));
        }
    }

    /// Makes the table anew when it is gone.
    private <T> T inTable(String what, Database.Work<T> work) {
        String where = what + " in table \"" + table.name() + "\"";
        return database.transaction(where, work, this::prepareTable);
    }

    private void prepareTable() {
        database.transaction("Preparing table \"" + table.name() + "\"", Database.doing(table::prepare));
    }
}
