package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.KEY;
import static dev.everfold.jdbc.TestDatabase.run;
import static dev.everfold.jdbc.TestDatabase.snapshot;
import static dev.everfold.jdbc.TestDatabase.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(120)
class PostgresServerTest {

    @TempDir
    Path folder;

    @Test
    void the_servers_are_of_the_versions_they_claim_and_sync_as_in_production() throws Exception {
        DataSource newer = TestDatabase.POSTGRESQL_18.dataSource(folder);
        DataSource older = TestDatabase.POSTGRESQL_15.dataSource(folder);

        assertThat(strings(newer, "show server_version")).allMatch(version -> version.startsWith("18."));
        assertThat(strings(older, "show server_version")).allMatch(version -> version.startsWith("15."));
        for (DataSource server : new DataSource[] {newer, older}) {
            assertThat(strings(server, "show fsync")).containsExactly("on");
            assertThat(strings(server, "show synchronous_commit")).containsExactly("on");
        }
    }

    @Test
    void a_server_that_is_not_there_is_said_and_may_come_back() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://localhost:1/postgres");

        assertThatThrownBy(() -> JdbcSnapshotStore.on(nowhere))
                .isInstanceOfSatisfying(DatabaseFailedException.class, failed -> {
                    assertThat(failed.stored()).isEqualTo(Stored.NO);
                    assertThat(failed.retryable()).isTrue();
                })
                .hasMessageStartingWith("Connecting to the database failed: Connection to localhost:1 refused.");
    }

    @Test
    void the_table_is_found_in_the_schema_of_the_connection() throws Exception {
        DataSource database = TestDatabase.POSTGRESQL_18.dataSource(folder);
        run(database, "create schema \"My Team\"");
        PGSimpleDataSource inSchema = new PGSimpleDataSource();
        inSchema.setUrl(TestDatabase.POSTGRESQL_18.url(folder));
        inSchema.setCurrentSchema("\"My Team\"");
        JdbcSnapshotStore store = JdbcSnapshotStore.on(inSchema, "user");

        store.put(snapshot(9), 1);

        assertThat(JdbcSnapshotStore.on(inSchema, "user").newest(KEY, Long.MAX_VALUE))
                .contains(snapshot(9));
        assertThat(strings(database, "select revision from \"My Team\".\"user\""))
                .containsExactly("9");
    }

    @Test
    void a_user_who_may_not_create_tables_uses_those_that_are_there() throws Exception {
        DataSource owner = TestDatabase.POSTGRESQL_18.dataSource(folder);
        String table = TestDatabase.newTable();
        JdbcSnapshotStore.on(owner, table);
        run(owner, "create role writer login");
        run(owner, "grant select, insert, update, delete on " + table + ", " + table + "_version to writer");
        PGSimpleDataSource writer = new PGSimpleDataSource();
        writer.setUrl(TestDatabase.POSTGRESQL_18.url(folder));
        writer.setUser("writer");
        JdbcSnapshotStore store = JdbcSnapshotStore.on(writer, table);

        store.put(snapshot(9), 1);

        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
        assertThatThrownBy(() -> JdbcSnapshotStore.on(writer, table + "_other"))
                .isInstanceOf(DatabaseFailedException.class)
                .hasMessageContaining("ERROR: permission denied for schema public")
                .hasMessageEndingWith("trying again does not help before the cause is removed.");
    }

    @Test
    void transactions_that_do_not_see_each_other_are_tried_again() throws Exception {
        PGSimpleDataSource strict = new PGSimpleDataSource();
        strict.setUrl(TestDatabase.POSTGRESQL_18.url(folder));
        strict.setOptions("-c default_transaction_isolation=serializable");
        String table = TestDatabase.newTable();
        JdbcSnapshotStore store = JdbcSnapshotStore.on(strict, table);
        store.put(snapshot(1), 1);
        int[] tries = {0};

        new Database(strict::getConnection).transaction("Meeting another", connection -> {
            boolean first = tries[0]++ == 0;
            Statements.run(connection, "select revision from " + table);
            if (first) {
                run(strict, "update " + table + " set taken = 'never'");
            }
            Statements.run(connection, "update " + table + " set taken = 'late'");
            return true;
        });

        assertThat(tries[0]).isEqualTo(2);
        assertThat(strings(strict, "select taken from " + table)).containsExactly("late");
    }
}
