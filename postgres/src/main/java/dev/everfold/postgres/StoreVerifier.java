package dev.everfold.postgres;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.eventstore.Verification.Damage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Checks a store within one snapshot: each event is read and decoded, and what is kept of it elsewhere agrees.
///
/// What rots on disk is found by the server's own checksums, which it compares with each page that is read.
final class StoreVerifier {

    private static final int PAGE_EVENTS = 1_000;
    private static final int FINDINGS_MAX = 20;

    private static final List<Rule> RULES = List.of(
            new Rule(
                    "revisions of each stream have no gaps",
                    "event",
                    "select position, 'revision ' || expected || ' expected, ' || revision || ' found' from"
                            + " (select position, revision, row_number() over (partition by stream order by position)"
                            + " - 1 + min(revision) over (partition by stream) as expected from {schema}.event) r"
                            + " where revision <> expected"),
            new Rule(
                    "recorded times do not fall",
                    "event",
                    "select position, 'recorded time ' || recorded || ' is before ' || before from (select position,"
                            + " recorded, lag(recorded) over (order by position) as before from {schema}.event) r"
                            + " where recorded < before"),
            new Rule(
                    "every event can be found by its id, type and category",
                    "entry",
                    "select e.position, 'its entry is missing or another one' from {schema}.event e"
                            + " where e.position < {indexed_position} and not exists (select from {schema}.entry x"
                            + " where x.position = e.position and x.id = e.id and x.type = e.type"
                            + " and x.category = split_part(e.stream, '-', 1) and x.is_first = (e.revision = 0))"),
            new Rule(
                    "nothing is found that is not there",
                    "entry",
                    "select x.position, case when count(*) > 1 then count(*) || ' entries' else 'an entry' end"
                            + " || ' and ' || count(e.position) || ' event' from {schema}.entry x left join"
                            + " {schema}.event e using (position) group by x.position"
                            + " having count(*) > 1 or count(e.position) = 0"),
            new Rule(
                    "every tag of an event can be searched for",
                    "tag",
                    "select e.position, 'its tag ' || quote_literal(t.tag) || ' is missing' from {schema}.event e"
                            + " cross join lateral unnest(e.tags) t(tag) where e.position < {indexed_position}"
                            + " and not exists (select from {schema}.tag r"
                            + " where r.tag = t.tag and r.position = e.position)"),
            new Rule(
                    "nothing is found by a tag that it does not carry",
                    "tag",
                    "select t.position, 'the event does not carry ' || quote_literal(t.tag) from {schema}.tag t"
                            + " where not exists (select from {schema}.event e where e.position = t.position"
                            + " and t.tag = any(e.tags))"),
            new Rule(
                    "remembered appends lie within the log",
                    "remembered",
                    "select from_position, 'append ' || id || ' ends beyond the log' from {schema}.remembered"
                            + " where from_position + events >"
                            + " coalesce((select max(position) + 1 from {schema}.event), 0)"),
            new Rule(
                    "what is indexed lies within the log",
                    "indexed",
                    "select position, 'the log is said to be indexed up to here, and ends before' from"
                            + " {schema}.indexed where position >"
                            + " coalesce((select max(next_position) from {schema}.batch), 0)"),
            new Rule(
                    "batches follow each other",
                    "batch",
                    "select next_position, 'the batch behind that of number ' || number || ' is missing' from"
                            + " (select number, next_position, number + cardinality(ids) as expected,"
                            + " lead(number) over w as next_number, lead(next_position) over w as later"
                            + " from {schema}.batch window w as (order by number)) b"
                            + " where next_number <> expected or later < next_position"),
            new Rule(
                    "the newest remembered append ends the log",
                    "event",
                    "select e.position, 'the newest remembered append ends before it' from"
                            + " (select max(position) as position from {schema}.event) e where e.position >="
                            + " coalesce((select next_position from {schema}.batch order by number desc limit 1), 0)"));

    private final Connection connection;
    private final Sql sql;
    private final LongConsumer progress;
    private final List<Damage> damages = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long events;
    private long bytes;

    /// Something that holds for all rows, and the rows for which it does not.
    private record Rule(String checked, String table, String violations) {}

    /// @param connection its transaction is the snapshot; the caller ends it
    StoreVerifier(Connection connection, Sql sql, LongConsumer progress) {
        this.connection = connection;
        this.sql = sql;
        this.progress = progress;
    }

    Verification verify() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0); // it takes the time that it takes
        connection.setAutoCommit(false);
        List<String> checked = new ArrayList<>();
        checked.add("every event can be read, and positions have no gaps");
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            // Here everything is looked through.
            statement.execute("set local enable_seqscan = on");
            readAll();
            for (Rule rule : RULES) {
                check(statement, rule);
                checked.add(rule.checked());
            }
            try (ResultSet row = statement.executeQuery("show data_checksums")) {
                row.next();
                if (!row.getString(1).equals("on")) {
                    notes.add("The server keeps no checksums (data_checksums is off), so bytes that rotted are not"
                            + " found. Turn them on with pg_checksums.");
                }
            }
        }
        return new Verification(events, bytes, checked, notes, damages);
    }

    private void readAll() throws SQLException {
        String page = sql.in("select " + Sql.COLUMNS
                + " from {schema}.event e where e.position >= ? order by e.position limit " + PAGE_EVENTS);
        long next = -1;
        int found;
        do {
            found = 0;
            try (PreparedStatement statement = connection.prepareStatement(page)) {
                statement.setLong(1, Math.max(0, next));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        RecordedEvent event = EventRows.event(rows);
                        expect(next, event.position());
                        next = event.position() + 1;
                        bytes += event.recordBytes();
                        events++;
                        found++;
                    }
                }
            }
            progress.accept(events);
        } while (found == PAGE_EVENTS);
    }

    private void expect(long expected, long found) {
        if (expected < 0 && found > 0) {
            notes.add("Positions below " + found + " are not in the log; their partitions are detached.");
        } else if (expected >= 0 && found != expected) {
            damage("event", expected, "position " + expected + " expected, " + found + " found");
        }
    }

    private void check(Statement statement, Rule rule) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql.in(rule.violations()) + " limit " + FINDINGS_MAX)) {
            while (rows.next()) {
                damage(rule.table(), rows.getLong(1), rows.getString(2));
            }
        }
    }

    private void damage(String table, long position, String what) {
        if (damages.size() < FINDINGS_MAX * RULES.size()) {
            damages.add(new Damage(
                    "table " + sql.schema() + "." + table + ", position " + position, 0, what + ". Restore a backup."));
        }
    }
}
