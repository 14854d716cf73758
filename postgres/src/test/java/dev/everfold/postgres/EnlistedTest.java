package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Events and the application's own tables, in one transaction of the application.
@Timeout(60)
class EnlistedTest {

    private final StoreUri uri = PostgresServer.V18.newStore();
    private final String orders = uri.parameters().get("schema") + "_orders";
    private final PostgresEventStore store = PostgresEventStore.open(
            uri,
            PostgresOptions.DEFAULTS.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(10)),
            Clock.systemUTC());

    @BeforeEach
    void createTable() throws SQLException {
        PostgresServer.V18.run("create table " + orders + " (number int)");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Append placed() {
        return Append.of(NewEvent.of("order-17", "order.placed", "{}").withTags("order:17"));
    }

    private Connection transaction() throws SQLException {
        Connection connection = PostgresServer.V18.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private void insertOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into " + orders + " values (17)");
        }
    }

    @Test
    void events_and_rows_are_committed_together() throws Exception {
        try (Connection connection = transaction()) {
            insertOrder(connection);
            Appended appended = store.append(connection, placed());

            assertThat(store.nextPosition()).isZero();
            connection.commit();
            store.wake();

            assertThat(appended).isEqualTo(new Appended(0, List.of(0L)));
            assertThat(store.awaitPosition(0, Duration.ZERO)).isTrue();
            assertThat(store.read(Read.stream("order-17")).toList()).hasSize(1);
            assertThat(PostgresServer.V18.strings("select number from " + orders))
                    .containsExactly("17");
        }
    }

    @Test
    void what_is_rolled_back_leaves_no_trace() throws Exception {
        try (Connection connection = transaction()) {
            insertOrder(connection);
            Append append = placed();
            store.append(connection, append);
            connection.rollback();

            assertThat(store.append(append)).isEqualTo(new Appended(0, List.of(0L)));
            assertThat(PostgresServer.V18.strings("select number from " + orders))
                    .isEmpty();
        }
    }

    @Test
    void others_wait_for_a_transaction_that_has_appended_and_come_after_it() throws Exception {
        try (Connection connection = transaction()) {
            store.append(connection, placed());
            CompletableFuture<Appended> other = store.appendAsync(placed());
            connection.commit();

            assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(new Appended(1, List.of(1L)));
        }
    }

    @Test
    void a_refused_append_holds_up_nobody_and_the_transaction_goes_on() throws Exception {
        store.append(placed());
        try (Connection connection = transaction()) {
            insertOrder(connection);

            assertThatThrownBy(() -> store.append(connection, placed().expecting("order-17", Expected.noStream())))
                    .isInstanceOf(AppendConflictException.class)
                    .hasMessage("Append to stream \"order-17\" refused: expected no stream, found 0. Read the stream"
                            + " again and repeat the command.");
            assertThat(store.append(placed()).fromPosition()).isEqualTo(1);
            connection.commit();

            assertThat(PostgresServer.V18.strings("select number from " + orders))
                    .containsExactly("17");
        }
    }

    @Test
    void a_repeated_append_holds_up_nobody_and_the_transaction_goes_on() throws Exception {
        Append append = placed();
        Appended first = store.append(append);
        try (Connection connection = transaction()) {
            insertOrder(connection);

            assertThat(store.append(connection, append)).isEqualTo(first);
            assertThat(store.append(placed()).fromPosition()).isEqualTo(1);
            connection.commit();

            assertThat(PostgresServer.V18.strings("select number from " + orders))
                    .containsExactly("17");
        }
    }

    @Test
    void a_transaction_that_is_idle_after_its_append_is_ended() throws Exception {
        try (Connection connection = transaction()) {
            store.append(connection, placed());

            long position = -1;
            for (int i = 0; i < 10 && position < 0; i++) {
                position = appendOrGiveUp();
            }

            assertThat(position).isZero();
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void another_isolation_and_a_connection_that_commits_by_itself_are_refused() throws Exception {
        try (Connection connection = PostgresServer.V18.connect()) {
            assertThatThrownBy(() -> store.append(connection, placed()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The connection commits each statement by itself; expected a transaction."
                            + " Call setAutoCommit(false) first.");
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThatThrownBy(() -> store.append(connection, placed()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("was given a transaction of isolation \"repeatable read\"");
            connection.rollback();
        }
    }

    private long appendOrGiveUp() {
        try {
            return store.append(placed()).fromPosition();
        } catch (StoreUnavailableException held) {
            assertThat(held.retryable()).isTrue();
            return -1;
        }
    }
}
