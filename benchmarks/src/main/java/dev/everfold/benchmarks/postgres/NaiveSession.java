package dev.everfold.benchmarks.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.everfold.eventstore.NewEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What many write by themselves first: a table with a `bigserial`, one transaction for each append.
///
/// It keeps what our engine keeps, with an index for each way to look something up, and expects nothing. It is
/// fast and **it loses events**: a position is given out before its row can be seen, so a reader that goes on
/// behind the highest one it has seen passes by those that are committed later.
final class NaiveSession implements PostgresSession {

    static final String SETTINGS = "position bigserial, one statement and transaction an append, no condition; the"
            + " same columns and indexes for events and tags as our engine. Unsafe: readers miss what commits late";

    private static final int CONNECTIONS = 64;
    private static final int FETCH_ROWS = 1_000;

    private static final String SCHEMA = """
            create table if not exists event (
                position bigserial primary key,
                revision bigint not null,
                recorded bigint not null,
                occurred bigint,
                id uuid not null,
                stream text collate "C" not null,
                type text collate "C" not null,
                content_type text collate "C",
                tags text[] collate "C",
                metadata bytea,
                data bytea not null
            );
            create unique index if not exists event_by_stream on event (stream, revision);
            create index if not exists event_by_type on event (type, position);
            create index if not exists event_by_category on event (split_part(stream, '-', 1), position);
            create index if not exists event_by_id on event (id);
            create index if not exists event_first on event (position) where revision = 0;
            create table if not exists event_tag (
                tag text collate "C" not null,
                position bigint not null,
                primary key (tag, position)
            )""";

    private static final String APPEND = """
            with stored as (
                insert into event (id, stream, revision, type, content_type, tags, data, metadata, occurred, recorded)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning position, tags)
            insert into event_tag (tag, position) select unnest(tags), position from stored""";

    private static final String COLUMNS =
            "select position, id, stream, revision, type, content_type, tags, data, metadata, occurred, recorded from"
                    + " event ";

    private final HikariDataSource pool;

    private NaiveSession(HikariDataSource pool) {
        this.pool = pool;
    }

    static NaiveSession open(PostgresServer server, String database) throws SQLException {
        HikariDataSource pool = server.pool(database, CONNECTIONS, true);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
        return new NaiveSession(pool);
    }

    @Override
    public void append(NewEvent event, long revision) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(APPEND)) {
            Array tags = connection.createArrayOf("text", event.tags().toArray());
            statement.setObject(1, event.id());
            statement.setString(2, event.stream());
            statement.setLong(3, revision);
            statement.setString(4, event.type());
            statement.setString(5, event.contentType().equals(NewEvent.JSON) ? null : event.contentType());
            statement.setArray(6, tags);
            statement.setBytes(7, event.data().toArray());
            statement.setBytes(
                    8, event.metadata().isEmpty() ? null : event.metadata().toArray());
            statement.setObject(9, event.occurred().map(NaiveSession::micros).orElse(null), Types.BIGINT);
            statement.setLong(10, micros(Instant.now()));
            statement.executeUpdate();
        }
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Override
    public long readStream(String stream) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement(COLUMNS + "where stream = ? order by revision")) {
            statement.setString(1, stream);
            return count(statement);
        }
    }

    @Override
    public long scan(long events) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(COLUMNS + "order by position")) {
            // Only within a transaction does the driver fetch in portions.
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCH_ROWS);
            long count = count(statement);
            connection.commit();
            return count;
        }
    }

    private static long count(PreparedStatement statement) throws SQLException {
        long count = 0;
        long seen = 0;
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                seen += rows.getLong(1)
                        + rows.getObject(2).hashCode()
                        + rows.getString(3).length()
                        + rows.getLong(4)
                        + rows.getString(5).length()
                        + length(rows.getString(6))
                        + ((Object[]) rows.getArray(7).getArray()).length
                        + rows.getBytes(8).length
                        + length(rows.getBytes(9))
                        + rows.getLong(10)
                        + rows.getLong(11);
                count++;
            }
        }
        return seen == Long.MIN_VALUE ? 0 : count;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public void close() {
        pool.close();
    }
}
