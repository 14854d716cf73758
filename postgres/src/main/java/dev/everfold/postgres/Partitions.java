package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/// Partitions by ranges of positions, of which there is always one more than is needed.
///
/// Partition n holds the positions [n × partitionEvents, (n + 1) × partitionEvents) of three tables.
/// Attaching one lets readers and writers go on; one that was detached stays so, since only partitions
/// beyond the newest are made. Safe for use by many threads.
final class Partitions {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.postgres");

    /// Who waits for a table makes others wait behind; rather later, since there is time.
    private static final String LOCK_MAX = "set local lock_timeout = '5s'";

    private static final String NUMBER = "substring(c.relname from 7)::bigint";

    private static final String ATTACHED = " from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            + " where i.inhparent = '{schema}.event'::regclass and c.relname ~ '^event_[0-9]+$'";

    private final Database database;
    private final long events;
    private volatile long end;

    Partitions(Database database, long events) {
        this.database = database;
        this.events = events;
    }

    /// Whether all positions below `nextPosition` have their place, as far as this process knows.
    boolean hold(long nextPosition) {
        return nextPosition <= end;
    }

    /// Position before which there are partitions, as far as this process knows.
    long end() {
        return end;
    }

    /// Whether another one should be made soon.
    boolean areFewFor(long nextPosition) {
        return end - nextPosition < events;
    }

    /// What is known of them may be wrong: somebody took one away, or a failover lost it.
    void forget() {
        end = 0;
    }

    /// Makes what is missing for all positions below `nextPosition`; one ahead, too, if that can be done.
    void require(long nextPosition) throws SQLException {
        try {
            ensure(nextPosition);
        } catch (SQLException unmade) {
            if (!hold(nextPosition)) {
                throw unmade;
            }
            LOGGER.log(System.Logger.Level.WARNING, "no partition ahead store=" + database.store(), unmade);
        }
    }

    /// Makes what is missing for all positions below `nextPosition`, and one ahead.
    void ensure(long nextPosition) throws SQLException {
        try (Connection connection = database.take()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(LOCK_MAX);
                statement.execute(
                        "select pg_advisory_xact_lock(" + database.sql().maintenance() + ")");
                long from = count(connection, database.sql());
                end = from * events; // known also to whoever may make no more
                long last = Math.max(0, nextPosition - 1) / events + 1;
                for (long number = from; number <= last; number++) {
                    attach(statement, database.sql(), events, number);
                }
                connection.commit();
                end = Math.max(from, last + 1) * events;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            }
        }
    }

    /// Makes the partition with this number, and the one after it.
    static void create(Connection connection, Sql sql, long events, long number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            attach(statement, sql, events, number);
            attach(statement, sql, events, number + 1);
        }
    }

    /// Number of the newest partition + 1.
    private static long count(Connection connection, Sql sql) throws SQLException {
        String newest = sql.in("select coalesce(max(" + NUMBER + ") + 1, 0)" + ATTACHED);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(newest)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void attach(Statement statement, Sql sql, long events, long number) throws SQLException {
        for (String table : List.of("event", "entry", "tag")) {
            statement.execute(attaching(sql, events, table, number));
        }
    }

    /// Statements that make the partitions of a table as those of `event`.
    static String like(Connection connection, Sql sql, long events, String table) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.in("select " + NUMBER + " as number" + ATTACHED))) {
            while (row.next()) {
                text.append(attaching(sql, events, table, row.getLong("number")));
            }
        }
        return text.toString();
    }

    private static String attaching(Sql sql, long events, String table, long number) {
        String partition = sql.in("{schema}." + name(table, number));
        String parent = sql.in("{schema}." + table);
        return "create table " + partition + " (like " + parent + ");\nalter table " + partition
                + " set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);\n"
                + "alter table " + parent + " attach partition " + partition + " for values from (" + number * events
                + ") to (" + (number + 1) * events + ");\n";
    }

    private static String name(String table, long number) {
        return String.format(Locale.ROOT, "%s_%06d", table, number);
    }
}
