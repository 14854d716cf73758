package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.KEY;
import static dev.everfold.jdbc.TestDatabase.run;
import static dev.everfold.jdbc.TestDatabase.snapshot;
import static dev.everfold.jdbc.TestDatabase.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventsourcing.testing.SnapshotStoreConformance;
import dev.everfold.eventstore.Bytes;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource
class JdbcSnapshotStoreTest {

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final String table = TestDatabase.newTable();
    private final Logger log = Logger.getLogger(JdbcSnapshotStore.class.getName());
    private DataSource database;

    JdbcSnapshotStoreTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connectAndSilenceWarnings() {
        database = kind.dataSource(folder);
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void letWarningsThrough() {
        log.setLevel(null);
    }

    /// As a process does that has just begun.
    private JdbcSnapshotStore open() {
        return JdbcSnapshotStore.on(database, table);
    }

    @TestFactory
    Stream<DynamicTest> it_keeps_snapshots_as_every_store_does() {
        return new SnapshotStoreConformance(() -> JdbcSnapshotStore.on(database, TestDatabase.newTable()))
                .checks().stream().map(check -> dynamicTest(check.name(), check.body()::run));
    }

    @Test
    void what_one_process_puts_the_next_one_finds() {
        open().put(snapshot(9), 1);

        assertThat(open().newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
    }

    @Test
    void times_names_and_numbers_come_back_to_the_last_digit() {
        SnapshotKey key = new SnapshotKey(FixedIds.id(3), "Konto 'ß\"; --", Integer.MIN_VALUE, "konto-🏦%_\\");
        List<Instant> times = List.of(Instant.MIN, Instant.EPOCH, FixedClock.NOON.plusNanos(1), Instant.MAX);
        JdbcSnapshotStore store = open();

        for (Instant time : times) {
            Snapshot snapshot = new Snapshot(key, Long.MAX_VALUE - 1, Long.MAX_VALUE, time, Bytes.empty());
            store.put(snapshot, 1);

            assertThat(store.newest(key, Long.MAX_VALUE)).contains(snapshot);
        }
    }

    @Test
    void a_large_state_comes_back() {
        Bytes state = Bytes.of(new byte[8 << 20]);
        Snapshot large = new Snapshot(KEY, 1, 1, FixedClock.NOON, state);

        open().put(large, 1);

        assertThat(open().newest(KEY, Long.MAX_VALUE).map(Snapshot::state)).contains(state);
    }

    @Test
    void more_than_one_transaction_deletes_are_deleted() throws SQLException {
        JdbcSnapshotStore store = open();
        store.put(snapshot(0), 1);
        store.put(snapshot(new SnapshotKey(FixedIds.id(1), "accounts", 7, "accounts-1"), 0), 1);
        run(
                database,
                "insert into " + table + " with recursive numbers(n) as"
                        + " (select 1 union all select n + 1 from numbers where n < 2500)"
                        + " select decider, 'copy-' || n, schema_version, lineage, revision, position, taken,"
                        + " checksum, state from " + table + ", numbers where decider = 'account'");

        store.deleteAll("account");

        assertThat(strings(database, "select stream from " + table)).containsExactly("accounts-1");
    }

    @Test
    void a_row_that_is_not_as_it_was_put_is_passed_over_and_removed() throws SQLException {
        JdbcSnapshotStore store = open();
        String otherState = kind.name().startsWith("SQLITE") ? "x'7374'" : "'\\x7374'";
        List<String> damages = List.of(
                "position = position + 1",
                "position = -1",
                "taken = '2026-01-01T12:00:01Z'",
                "taken = 'noon'",
                "checksum = checksum + 1",
                "revision = 9000000000000000000",
                "revision = 8",
                "state = " + otherState);

        for (String damage : damages) {
            store.put(snapshot(7), 2);
            store.put(snapshot(9), 2);
            run(database, "update " + table + " set " + damage + " where revision = 9");

            assertThat(store.newest(KEY, Long.MAX_VALUE)).as(damage).contains(snapshot(7));
            assertThat(strings(database, "select revision from " + table))
                    .as(damage)
                    .containsExactly("7");
        }
    }

    @Test
    void a_row_that_was_moved_to_another_stream_or_state_is_not_taken_for_its_own() throws SQLException {
        JdbcSnapshotStore store = open();
        List<String> moves = List.of(
                "stream = 'account-43'",
                "decider = 'accounts'",
                "schema_version = 8",
                "lineage = '" + FixedIds.id(2) + "'");
        List<SnapshotKey> targets = List.of(
                new SnapshotKey(FixedIds.id(1), "account", 7, "account-43"),
                new SnapshotKey(FixedIds.id(1), "accounts", 7, "account-42"),
                new SnapshotKey(FixedIds.id(1), "account", 8, "account-42"),
                new SnapshotKey(FixedIds.id(2), "account", 7, "account-42"));

        for (int i = 0; i < moves.size(); i++) {
            store.put(snapshot(9), 1);
            run(database, "update " + table + " set " + moves.get(i));

            assertThat(store.newest(targets.get(i), Long.MAX_VALUE))
                    .as(moves.get(i))
                    .isEmpty();
        }
    }

    @Test
    void rows_can_be_deleted_at_any_time() throws SQLException {
        JdbcSnapshotStore store = open();
        store.put(snapshot(9), 1);

        run(database, "delete from " + table);

        assertThat(store.newest(KEY, Long.MAX_VALUE)).isEmpty();
        store.put(snapshot(3), 1);
        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(3));
    }

    @Test
    void the_tables_can_be_dropped_at_any_time_one_or_both() throws SQLException {
        JdbcSnapshotStore store = open();
        store.put(snapshot(9), 1);

        run(database, "drop table " + table);

        assertThat(store.newest(KEY, Long.MAX_VALUE)).isEmpty();
        run(database, "drop table " + table);
        run(database, "drop table " + table + "_version");
        store.put(snapshot(3), 1);
        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(3));
        assertThat(strings(database, "select version from " + table + "_version"))
                .containsExactly("1");
    }

    @Test
    void a_table_of_a_newer_version_is_refused_and_left_alone() throws SQLException {
        open().put(snapshot(9), 1);
        run(database, "update " + table + "_version set version = 2");

        assertThatThrownBy(this::open)
                .isInstanceOf(UnsupportedDatabaseException.class)
                .hasMessage("Table \"" + table + "\" has version 2; expected 1 or older."
                        + " Use the newer Everfold that made it, or another table.");
        assertThat(strings(database, "select revision from " + table)).containsExactly("9");
    }

    @Test
    void a_table_of_somebody_else_is_refused_and_left_alone() throws SQLException {
        run(database, "create table " + table + " (name text)");

        assertThatThrownBy(this::open)
                .isInstanceOf(UnsupportedDatabaseException.class)
                .hasMessage("Table \"" + table + "\" is there but its version is not; expected a row in \"" + table
                        + "_version\". Drop the table if it is Everfold's, or use another one.");
        assertThat(strings(database, "select name from " + table)).isEmpty();
    }

    @Test
    void two_tables_in_one_database_do_not_meet() {
        JdbcSnapshotStore store = open();
        JdbcSnapshotStore other = JdbcSnapshotStore.on(database, TestDatabase.newTable());

        store.put(snapshot(9), 1);

        assertThat(other.newest(KEY, Long.MAX_VALUE)).isEmpty();
    }
}
