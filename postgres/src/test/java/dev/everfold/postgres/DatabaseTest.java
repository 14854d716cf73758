package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/// When a connection is lost, the others of the pool are given up too, unless the server had no part in it.
@Timeout(60)
class DatabaseTest {

    private final StoreUri uri = PostgresServer.V18.newStore();
    private Database database;

    @BeforeEach
    void open() {
        EventStores.open(uri.toString()).close();
        database = new Database(PostgresUri.parse(uri, PostgresOptions.DEFAULTS));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void after_a_connection_was_lost_all_are_new() throws Exception {
        Set<Integer> before = processes();

        database.renewAfter(new SQLException("gone", "08006"));

        assertThat(processes()).doesNotContainAnyElementsOf(before);
    }

    @Test
    void a_read_whose_connection_had_ended_unnoticed_is_made_again_on_a_new_one() throws Exception {
        processes().forEach(process -> {
            try {
                PostgresServer.V18.run("select pg_terminate_backend(" + process + ")");
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });

        assertThat(database.<Boolean>read(DatabaseTest::select)).isTrue();
    }

    @Test
    void a_pool_that_is_empty_says_nothing_of_the_server() throws Exception {
        Set<Integer> before = processes();

        database.renewAfter(new SQLTransientConnectionException("timed out"));

        assertThat(processes()).isEqualTo(before);
    }

    @Test
    void a_reader_that_is_interrupted_costs_others_no_connection() throws Exception {
        Set<Integer> before = processes();

        Thread reader = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> database.read(connection -> {
                            Thread.currentThread().interrupt();
                            return select(connection);
                        }))
                        .isInstanceOf(StoreUnavailableException.class));
        reader.join();

        assertThat(processes()).containsAnyElementsOf(before);
    }

    @Test
    void an_answer_is_waited_for_longer_than_the_sequencer_so_that_the_server_can_say_that_it_was_not_free()
            throws Exception {
        PostgresOptions options = PostgresOptions.DEFAULTS.withTimes(
                Duration.ofSeconds(2), Duration.ofMillis(2_500), Duration.ofSeconds(1));

        assertThat(PostgresUri.parse(PostgresServer.V18.newStore(), options)
                        .dataSource()
                        .getSocketTimeout())
                .isEqualTo(4);
    }

    private static boolean select(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("select 1");
        }
    }

    /// Of two connections that are taken at once and given back.
    private Set<Integer> processes() throws SQLException {
        try (Connection one = database.take();
                Connection other = database.take()) {
            return Set.of(process(one), process(other));
        }
    }

    private static int process(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
