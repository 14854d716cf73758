package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.KEY;
import static dev.everfold.jdbc.TestDatabase.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Every call on a connection fails in turn, before it has done anything and after it has.
@Timeout(120)
@ParameterizedClass
@EnumSource
class FaultsTest {

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final String table = TestDatabase.newTable();
    private FaultyDataSource faulty;
    private JdbcSnapshotStore store;
    private JdbcSnapshotStore sound;

    FaultsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() {
        DataSource database = kind.dataSource(folder);
        faulty = new FaultyDataSource(database);
        store = JdbcSnapshotStore.on(faulty.dataSource(), table);
        sound = JdbcSnapshotStore.on(database, table);
    }

    @Test
    void a_put_that_fails_says_truly_what_is_stored_and_leaves_nothing_open() {
        faulty.failNever();
        store.put(snapshot(0), 1);
        List<String> calls = faulty.calls();
        assertThat(calls).startsWith("getConnection").contains("commit").endsWith("close");

        for (int call = 0; call < calls.size(); call++) {
            for (boolean afterwards : new boolean[] {false, true}) {
                String where = calls.get(call) + " " + call + (afterwards ? " afterwards" : " before");
                sound.deleteAll("account");
                faulty.fail(call, afterwards);

                Stored stored = put(snapshot -> store.put(snapshot(snapshot), 1));

                assertThat(faulty.open()).as(where).isZero();
                assertThat(stored).as(where).isEqualTo(expected(call - calls.indexOf("commit")));
                boolean found = sound.newest(KEY, Long.MAX_VALUE).isPresent();
                boolean expected = stored == Stored.YES || (stored == Stored.UNKNOWN && afterwards);
                assertThat(found).as(where).isEqualTo(expected);
            }
        }
    }

    private static Stored expected(int callsAfterCommit) {
        return switch (Integer.signum(callsAfterCommit)) {
            case -1 -> Stored.NO;
            case 0 -> Stored.UNKNOWN;
            default -> Stored.YES;
        };
    }

    private static Stored put(IntConsumer put) {
        try {
            put.accept(9);
            return Stored.YES;
        } catch (DatabaseFailedException failed) {
            assertThat(failed.retryable()).isTrue();
            return failed.stored();
        }
    }

    @Test
    void a_read_that_fails_leaves_nothing_open_and_the_next_one_reads() {
        store.put(snapshot(9), 1);
        faulty.failNever();
        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
        List<String> calls = faulty.calls();

        for (int call = 0; call <= calls.indexOf("commit"); call++) {
            faulty.fail(call, false);

            assertThatThrownBy(() -> store.newest(KEY, Long.MAX_VALUE))
                    .as(calls.get(call))
                    .isInstanceOf(DatabaseFailedException.class);

            assertThat(faulty.open()).as(calls.get(call)).isZero();
            assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
        }
    }

    @Test
    void the_messages_say_what_was_done_what_happened_and_what_to_do() {
        faulty.fail(0, false);
        assertThatThrownBy(() -> store.put(snapshot(9), 1))
                .hasMessage("Storing a snapshot of decider \"account\" in table \"" + table
                        + "\" failed: the network is gone. Nothing was changed; try again later.");

        faulty.failNever();
        store.put(snapshot(9), 1);
        faulty.fail(faulty.calls().indexOf("commit"), false);
        assertThatThrownBy(() -> store.put(snapshot(9), 1))
                .hasMessage("Storing a snapshot of decider \"account\" in table \"" + table
                        + "\" failed: the network is gone."
                        + " Whether it was done is unknown; doing it again is harmless.");

        faulty.fail(0, false);
        assertThatThrownBy(() -> store.newest(KEY, 1))
                .hasMessage("Reading a snapshot of decider \"account\" in table \"" + table
                        + "\" failed: the network is gone. Nothing was changed; try again later.");
    }

    @Test
    void a_connection_that_is_shared_is_left_as_it_was_found() throws SQLException {
        try (Connection shared = kind.dataSource(folder).getConnection()) {
            Database database = new Database(() -> withoutClose(shared));

            for (boolean autoCommit : new boolean[] {true, false}) {
                shared.setAutoCommit(autoCommit);
                database.transaction("Working", connection -> execute(connection, "select 1"));
                assertThat(shared.getAutoCommit()).isEqualTo(autoCommit);

                assertThatThrownBy(() -> database.transaction("Working", connection -> execute(connection, "no")))
                        .isInstanceOf(DatabaseFailedException.class);
                assertThat(shared.getAutoCommit()).isEqualTo(autoCommit);
            }
        }
    }

    private static Connection withoutClose(Connection shared) {
        return FaultyDataSource.proxy(
                Connection.class,
                (_, method, arguments) ->
                        method.getName().equals("close") ? null : FaultyDataSource.invoke(shared, method, arguments));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
