package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static dev.everfold.jdbc.Accounts.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is deleted or damaged is made again from the log.
@Timeout(120)
class ModelLossTest {

    @TempDir
    Path folder;

    private final InMemoryEventStore store = new InMemoryEventStore();

    @BeforeEach
    void append() {
        open(store, "alice");
        deposit(store, "alice", 5);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void project(JdbcReadModel model) throws InterruptedException {
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
            assertThat(projection.awaitCaughtUp(SOON)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SQLITE_WAL    | drop table balances_b1
            SQLITE_WAL    | delete from balances_b1
            SQLITE_WAL    | drop view balances
            SQLITE_WAL    | delete from everfold_partitions
            SQLITE_WAL    | update everfold_partitions set position = 1
            SQLITE_WAL    | drop table everfold_builds
            SQLITE_WAL    | drop table everfold_partitions
            POSTGRESQL_18 | drop table balances_b1 cascade
            POSTGRESQL_18 | truncate balances_b1
            POSTGRESQL_18 | drop view balances
            POSTGRESQL_18 | delete from everfold_partitions
            POSTGRESQL_18 | update everfold_partitions set position = 1
            POSTGRESQL_18 | drop table everfold_builds
            POSTGRESQL_18 | drop table everfold_partitions""")
    void what_is_gone_is_found_at_the_next_start(TestDatabase kind, String damage) throws Exception {
        DataSource database = kind.emptyDatabase(folder);
        project(JdbcReadModel.on(database, Accounts.SCHEMA));
        TestDatabase.run(database, damage);

        project(JdbcReadModel.on(database, Accounts.SCHEMA));

        assertThat(rows(database)).isEqualTo(fold(store, 2));
    }

    @ParameterizedTest
    @EnumSource
    void tables_that_are_dropped_under_a_running_projection_are_made_again(TestDatabase kind) throws Exception {
        DataSource database = kind.emptyDatabase(folder);
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> projection =
                    everfold.start(Accounts.projection(), JdbcReadModel.on(database, Accounts.SCHEMA));
            projection.awaitCaughtUp(SOON);
            TestDatabase.run(database, "drop view balances");
            TestDatabase.run(database, "drop table balances_b1");

            long last = deposit(store, "alice", 7);

            assertThat(projection.awaitHandled(last, SOON)).isTrue();
            assertThat(rows(database)).isEqualTo(fold(store, last + 1));
            assertThat(projection.parked()).isEmpty();
        }
    }

    @Test
    void tables_that_are_dropped_after_a_rebuild_are_made_again() throws Exception {
        DataSource database = TestDatabase.SQLITE_WAL.emptyDatabase(folder);
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> projection =
                    everfold.start(Accounts.projection(), JdbcReadModel.on(database, Accounts.SCHEMA));
            projection.awaitCaughtUp(SOON);
            projection.rebuild();
            assertThat(projection.awaitRebuilt(SOON)).isTrue();
            TestDatabase.run(database, "drop view balances");
            TestDatabase.run(database, "drop table balances_b2");

            long last = deposit(store, "alice", 7);

            assertThat(projection.awaitHandled(last, SOON)).isTrue();
            assertThat(rows(database)).isEqualTo(fold(store, last + 1));
        }
    }

    @Test
    void a_file_that_is_not_of_sqlite_is_set_aside_and_begun_anew() throws Exception {
        Path file = folder.resolve("models.db");
        Files.writeString(file, "not a database, ".repeat(1_000));

        project(JdbcReadModel.sqlite(file, Accounts.SCHEMA));

        assertThat(rows(TestDatabase.dataSource("jdbc:sqlite:" + file, true))).isEqualTo(fold(store, 2));
        assertThat(folder.resolve("models.db.damaged-1")).content().startsWith("not a database");
    }

    @Test
    void a_file_that_is_damaged_in_its_middle_is_set_aside_and_begun_anew() throws Exception {
        Path file = folder.resolve("models.db");
        JdbcReadModel model = JdbcReadModel.sqlite(file, Accounts.SCHEMA);
        project(model);
        byte[] bytes = Files.readAllBytes(file);
        byte[] noise = "damaged!".repeat(bytes.length / 8).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(noise, 0, bytes, 4_096, bytes.length - 4_096);
        Files.write(file, bytes);

        project(model);

        assertThat(rows(TestDatabase.dataSource("jdbc:sqlite:" + file, true))).isEqualTo(fold(store, 2));
        assertThat(folder.resolve("models.db.damaged-1")).exists();
    }

    @Test
    void a_file_that_is_deleted_under_a_running_projection_is_made_again() throws Exception {
        Path file = folder.resolve("models.db");
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> projection =
                    everfold.start(Accounts.projection(), JdbcReadModel.sqlite(file, Accounts.SCHEMA));
            projection.awaitCaughtUp(SOON);
            for (String end : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(folder.resolve("models.db" + end));
            }

            long last = deposit(store, "alice", 7);

            assertThat(projection.awaitHandled(last, SOON)).isTrue();
            assertThat(rows(TestDatabase.dataSource("jdbc:sqlite:" + file, true)))
                    .isEqualTo(fold(store, last + 1));
        }
    }
}
