package dev.everfold.jdbc;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventstore.Bytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The statements on the table of snapshots, and the format of its rows.
///
/// One row a snapshot. The key is decider, stream, schema version, lineage (a UUID as text) and revision;
/// then come position, time (ISO 8601 in UTC, as precise as it was), the state's bytes, and a checksum over
/// all of that ([SnapshotChecksum]).
final class SnapshotTable {

    /// Rows that one transaction deletes, so that it stays short.
    private static final int DELETED_ROWS_MAX = 1_000;

    private static final String CREATE = """
            create table {table} (
                decider {text} not null,
                stream {text} not null,
                schema_version {number} not null,
                lineage {text} not null,
                revision {number} not null,
                position {number} not null,
                taken {text} not null,
                checksum {number} not null,
                state {bytes} not null,
                primary key (decider, stream, schema_version, lineage, revision)
            ){end}""";
    private static final String PUT = """
            insert into {table} (decider, stream, schema_version, lineage, revision, position, taken, checksum, state)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (decider, stream, schema_version, lineage, revision) do update set
                position = excluded.position,
                taken = excluded.taken,
                checksum = excluded.checksum,
                state = excluded.state""";
    private static final String OF_KEY = "decider = ? and stream = ? and schema_version = ? and lineage = ?";
    private static final int OF_KEY_PARAMETERS = 4;
    private static final String KEEP_NEWEST = "delete from {table} where " + OF_KEY
            + " and revision <= (select revision from {table} where " + OF_KEY
            + " order by revision desc limit 1 offset ?)";
    private static final String NEWEST = "select revision, position, taken, checksum, state from {table} where "
            + OF_KEY + " and revision < ? order by revision desc limit 1";
    private static final String REMOVE = "delete from {table} where " + OF_KEY + " and revision = ?";
    private static final String DELETE_SOME = """
            delete from {table} where (decider, stream, schema_version, lineage, revision) in (
                select decider, stream, schema_version, lineage, revision from {table} where decider = ? limit ?)""";

    private final VersionedTable table;
    private final Dialect dialect;
    private final String put;
    private final String keepNewest;
    private final String newest;
    private final String remove;
    private final String deleteSome;

    /// @throws IllegalArgumentException when the name is none
    SnapshotTable(String name, Dialect dialect) {
        this.table = new VersionedTable(name, List.of(of(name, CREATE)));
        this.dialect = dialect;
        this.put = of(name, PUT);
        this.keepNewest = of(name, KEEP_NEWEST);
        this.newest = of(name, NEWEST);
        this.remove = of(name, REMOVE);
        this.deleteSome = of(name, DELETE_SOME);
    }

    private static String of(String name, String statement) {
        return statement.replace("{table}", VersionedTable.quoted(name));
    }

    String name() {
        return table.name();
    }

    void prepare(Connection connection) throws SQLException {
        table.prepare(connection, dialect);
    }

    /// Writers of one key follow each other: otherwise two that do not see each other's row would both keep
    /// what they know as the newest. The first change comes first, since on SQLite it takes the lock, and a
    /// transaction that has read before would be refused it.
    void put(Connection connection, Snapshot snapshot, int keep) throws SQLException {
        long checksum = SnapshotChecksum.of(snapshot);
        dialect.lock(connection, lockNumber(snapshot.key()));
        try (PreparedStatement statement = Statements.prepare(connection, put)) {
            int next = setKey(statement, 1, snapshot.key());
            statement.setLong(next++, snapshot.revision());
            statement.setLong(next++, snapshot.position());
            statement.setString(next++, snapshot.taken().toString());
            statement.setLong(next++, checksum);
            statement.setBytes(next, snapshot.state().toArray());
            statement.executeUpdate();
        }
        try (PreparedStatement statement = Statements.prepare(connection, keepNewest)) {
            int next = setKey(statement, 1, snapshot.key());
            next = setKey(statement, next, snapshot.key());
            statement.setInt(next, keep);
            statement.executeUpdate();
        }
    }

    /// The same in every process. Two keys of one number wait for each other and do no harm.
    private long lockNumber(SnapshotKey key) {
        return ((long) table.name().hashCode() << Integer.SIZE)
                | Integer.toUnsignedLong(key.stream().hashCode());
    }

    /// What a row turned out to be.
    sealed interface Row {
        /// As it was put.
        record Sound(Snapshot snapshot) implements Row {}

        /// Not as it was put.
        record Damaged(long revision) implements Row {}
    }

    Optional<Row> newest(Connection connection, SnapshotKey key, long toRevision) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, newest)) {
            statement.setLong(setKey(statement, 1, key), toRevision);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(row(key, rows)) : Optional.empty();
            }
        }
    }

    private static Row row(SnapshotKey key, ResultSet row) throws SQLException {
        long revision = row.getLong("revision");
        try {
            Snapshot snapshot = new Snapshot(
                    key,
                    revision,
                    row.getLong("position"),
                    Instant.parse(row.getString("taken")),
                    Bytes.of(row.getBytes("state")));
            return SnapshotChecksum.of(snapshot) == row.getLong("checksum")
                    ? new Row.Sound(snapshot)
                    : new Row.Damaged(revision);
        } catch (IllegalArgumentException | DateTimeException impossible) {
            return new Row.Damaged(revision);
        }
    }

    void remove(Connection connection, SnapshotKey key, long revision) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, remove)) {
            statement.setLong(setKey(statement, 1, key), revision);
            statement.executeUpdate();
        }
    }

    /// Whether there may be more to delete.
    boolean deleteSome(Connection connection, String decider) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, deleteSome)) {
            statement.setString(1, decider);
            statement.setInt(2, DELETED_ROWS_MAX);
            return statement.executeUpdate() == DELETED_ROWS_MAX;
        }
    }

    /// The index of the parameter after the key.
    private static int setKey(PreparedStatement statement, int first, SnapshotKey key) throws SQLException {
        statement.setString(first, key.decider());
        statement.setString(first + 1, key.stream());
        statement.setInt(first + 2, key.schemaVersion());
        statement.setString(first + 3, key.lineage().toString());
        return first + OF_KEY_PARAMETERS;
    }
}
