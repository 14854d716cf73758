package dev.everfold.benchmarks.peers;

import dev.everfold.eventstore.RecordedEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// SQLite: a table for events and one without row ids for each kind of entry. How many events a stream has
/// is looked up in its entries.
final class SqliteStore extends IndexedStore {

    static final String SETTINGS =
            "one transaction a commit; WAL, synchronous=FULL, exclusive, checkpoint after 64 MiB, cache of 256 MiB,"
                    + " mmap of 1 GiB";

    private static final List<String> SCHEMA = List.of(
            "pragma journal_mode = wal",
            "pragma synchronous = full",
            "pragma locking_mode = exclusive",
            "pragma wal_autocheckpoint = 16384",
            "pragma cache_size = -262144",
            "pragma mmap_size = 1073741824",
            "create table if not exists events (position integer primary key, record blob not null)",
            "create table if not exists streams (stream integer, revision integer, position integer not null,"
                    + " primary key (stream, revision)) without rowid",
            "create table if not exists types (type integer, position integer, primary key (type, position))"
                    + " without rowid",
            "create table if not exists tags (tag integer, position integer, primary key (tag, position))"
                    + " without rowid");

    private final Connection connection;
    private final PreparedStatement lastRevision;
    private final PreparedStatement insertEvent;
    private final PreparedStatement insertStream;
    private final PreparedStatement insertType;
    private final PreparedStatement insertTag;
    private final PreparedStatement ofStream;

    SqliteStore(Path folder) throws Exception {
        Files.createDirectories(folder);
        connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("events.db"));
        try (Statement statement = connection.createStatement()) {
            for (String sql : SCHEMA) {
                statement.execute(sql);
            }
        }
        connection.setAutoCommit(false);
        lastRevision = connection.prepareStatement(
                "select revision from streams where stream = ? order by revision desc limit 1");
        insertEvent = connection.prepareStatement("insert into events values (?, ?)");
        insertStream = connection.prepareStatement("insert into streams values (?, ?, ?)");
        insertType = connection.prepareStatement("insert into types values (?, ?)");
        insertTag = connection.prepareStatement("insert into tags values (?, ?)");
        ofStream = connection.prepareStatement(
                "select record from streams join events using (position)" + " where stream = ? order by revision");
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("select coalesce(max(position), -1) from events")) {
            last.next();
            begin(last.getLong(1) + 1);
        }
        connection.commit();
    }

    @Override
    long storedHead(long stream) throws SQLException {
        lastRevision.setLong(1, stream);
        try (ResultSet last = lastRevision.executeQuery()) {
            return last.next() ? last.getLong(1) + 1 : 0;
        }
    }

    @Override
    void put(long position, long revision, PeerAppend.Event event) throws SQLException {
        insertEvent.setLong(1, position);
        insertEvent.setBytes(2, event.record());
        insertEvent.executeUpdate();
        insertStream.setLong(1, event.stream());
        insertStream.setLong(2, revision);
        insertStream.setLong(3, position);
        insertStream.executeUpdate();
        insert(insertType, event.type(), position);
        insert(insertTag, event.tag(), position);
    }

    private static void insert(PreparedStatement statement, long term, long position) throws SQLException {
        statement.setLong(1, term);
        statement.setLong(2, position);
        statement.executeUpdate();
    }

    @Override
    void commit(Map<Long, Long> changedHeads) throws SQLException {
        connection.commit();
    }

    @Override
    void readStream(long stream, Consumer<RecordedEvent> consumer) throws SQLException {
        ofStream.setLong(1, stream);
        handOver(ofStream, consumer);
    }

    @Override
    void scan(Consumer<RecordedEvent> consumer) throws SQLException {
        try (PreparedStatement all = connection.prepareStatement("select record from events order by position")) {
            handOver(all, consumer);
        }
    }

    private static void handOver(PreparedStatement query, Consumer<RecordedEvent> consumer) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                consumer.accept(RecordedEvent.view(rows.getBytes(1), 0));
            }
        }
    }

    @Override
    public void close() {
        try (connection) {
            connection.commit();
        } catch (SQLException failed) {
            throw new IllegalStateException("SQLite does not close.", failed);
        }
    }
}
