package dev.everfold.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Objects;
import java.util.StringJoiner;

/// Statements with the name of one store's schema in them.
///
/// @param schema the schema's name as options check it, so that it holds nothing to be escaped
record Sql(String schema) {

    /// What an event is read as; [EventRows] reads it back.
    static final String COLUMNS = "e.position, e.revision, e.recorded, e.occurred, e.id, e.stream, e.type,"
            + " e.content_type, e.tags, e.metadata, e.data";

    /// Where the log ends, no row when it is empty.
    static final String NEXT_POSITION = "select b.next_position from {schema}.batch b order by b.number desc limit 1";

    /// Appends before it are indexed.
    private static final String INDEXED_NUMBER =
            "(select d.number from {schema}.indexed d order by d.number desc limit 1)";

    /// Events before it are indexed.
    private static final String INDEXED_POSITION =
            "(select d.position from {schema}.indexed d order by d.number desc limit 1)";

    private static final String FIRST_REVISION = """
            (with recursive bounds(low, high) as (
                (select case when l.position < {position} then l.revision + 1 else 0 end, l.revision + 1
                    from {schema}.event l where l.stream = {stream} order by l.revision desc limit 1)
                union all
                select case when m.position < {position} then m.revision + 1 else b.low end,
                       case when m.position < {position} then b.high else (b.low + b.high) / 2 end
                    from bounds b cross join lateral (
                        select f.position, f.revision from {schema}.event f
                        where f.stream = {stream} and f.revision >= (b.low + b.high) / 2 order by f.revision limit 1) m
                    where b.low < b.high)
            select max(low) from bounds)""";

    /// When the server was started, microseconds since 1970-01-01T00:00:00Z.
    private static final String SERVER_STARTED = "(date_part('epoch', pg_postmaster_start_time()) * 1000000)::bigint";

    /// The schema in quotes: some names are words of SQL.
    String quoted() {
        return '"' + schema + '"';
    }

    /// Number of the advisory lock that puts this store's appends in order: the same in every process, and as good
    /// as never that of something else.
    long sequencer() {
        return number("everfold sequencer ");
    }

    /// Number of the advisory lock for changes of the schema and its partitions.
    long maintenance() {
        return number("everfold maintenance ");
    }

    /// Number of the advisory lock for whoever [indexes][Indexer].
    long indexing() {
        return number("everfold indexing ");
    }

    /// Where notifications go.
    String channel() {
        return "everfold_" + Long.toHexString(number("everfold channel "));
    }

    private long number(String purpose) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((purpose + schema).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256.", impossible);
        }
    }

    /// The text with the schema's name for each `{schema}`, for `{server_started}` when the server was, and for
    /// `{indexed_number}` and `{indexed_position}` how far the log is indexed.
    String in(String text) {
        return text.replace("{indexed_number}", INDEXED_NUMBER)
                .replace("{indexed_position}", INDEXED_POSITION)
                .replace("{schema}", quoted())
                .replace("{server_started}", SERVER_STARTED);
    }

    /// The text with the bare name of the schema for each `{name}`, as a value.
    String named(String text) {
        return text.replace("{name}", schema);
    }

    /// The first revision of a stream at or behind a position, null when it has no event.
    ///
    /// Positions rise with revisions, so half of what it may be is ruled out at a time. Where a detached partition
    /// has left a gap, the next event decides.
    ///
    /// @param stream in SQL
    /// @param position in SQL
    static String firstRevision(String stream, String position) {
        return FIRST_REVISION.replace("{stream}", stream).replace("{position}", position);
    }

    /// A file of statements beside this class.
    static String resource(String name) {
        try (InputStream file = Objects.requireNonNull(Sql.class.getResourceAsStream(name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The file " + name + " of the engine cannot be read.", unreadable);
        }
    }

    /// Texts as one text: lists of different lengths do not fit into one array.
    static String arrayLiteral(Collection<String> texts) {
        StringJoiner literal = new StringJoiner(",", "{", "}");
        for (String text : texts) {
            literal.add('"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        return literal.toString();
    }
}
