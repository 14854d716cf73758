package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventstore.Append;
import dev.everfold.postgres.PostgresEventStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/// Log and model in one database, changed in one transaction.
@Timeout(60)
class InlineProjectionTest {

    private final String database =
            "inline_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private PostgresEventStore store;
    private JdbcReadModel model;
    private InlineProjection inline;
    private String url;

    @BeforeEach
    void open() throws SQLException {
        String server = PostgresServer.V18.url();
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + database);
        }
        url = server.replace("/postgres?", "/" + database + "?");
        store = PostgresEventStore.open(url.substring("jdbc:".length()));
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        model = JdbcReadModel.on(source, Accounts.SCHEMA);
        inline = model.inline(Accounts.projection(), store.lineage());
    }

    @AfterEach
    void close() {
        store.close();
    }

    /// As it is made once, in the usual way.
    private void catchUp() throws InterruptedException {
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<SqlModel> running = everfold.start(Accounts.projection(), model);
            assertThat(running.awaitHandled(store.nextPosition() - 1, Accounts.SOON))
                    .isTrue();
        }
    }

    private Connection transaction() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        connection.setAutoCommit(false);
        return connection;
    }

    private long deposit(Connection transaction, long cents) {
        store.append(
                transaction,
                Append.of(
                        Accounts.CODEC.encode("account-a", new Accounts.Deposited("a", cents), EventMetadata.none())));
        return inline.project(transaction, read -> store.read(transaction, read));
    }

    private String balance() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select cents, events from balances where account = 'a'")) {
            row.next();
            return row.getLong(1) + " cents by " + row.getLong(2) + " events";
        }
    }

    @Test
    void what_a_transaction_appends_is_in_the_model_once_it_is_committed_and_not_before() throws Exception {
        Accounts.open(store, "a");
        catchUp();

        try (Connection connection = transaction()) {
            long projected = deposit(connection, 500);
            String before = balance();
            connection.commit();

            assertThat(projected).isEqualTo(1);
            assertThat(before).isEqualTo("0 cents by 1 events");
            assertThat(balance()).isEqualTo("500 cents by 2 events");
            assertThat(store.nextPosition()).isEqualTo(2);
        }
    }

    @Test
    void a_transaction_that_is_rolled_back_leaves_neither_events_nor_rows() throws Exception {
        Accounts.open(store, "a");
        catchUp();

        try (Connection connection = transaction()) {
            deposit(connection, 500);
            connection.rollback();
        }

        assertThat(balance()).isEqualTo("0 cents by 1 events");
        assertThat(store.nextPosition()).isEqualTo(1);
        try (Connection connection = transaction()) {
            assertThat(deposit(connection, 7)).isEqualTo(1);
            connection.commit();
        }
        assertThat(balance()).isEqualTo("7 cents by 2 events");
    }

    @Test
    void a_transaction_whose_connection_the_server_ends_leaves_neither_events_nor_rows() throws Exception {
        Accounts.open(store, "a");
        catchUp();

        try (Connection connection = transaction();
                Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            deposit(connection, 500);
            int pid = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
            statement.execute("select pg_terminate_backend(" + pid + ")");
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }

        assertThat(balance()).isEqualTo("0 cents by 1 events");
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void events_that_were_appended_without_it_come_first_and_the_usual_way_goes_on_behind_it() throws Exception {
        Accounts.open(store, "a");
        catchUp();
        Accounts.deposit(store, "a", 10);
        Accounts.deposit(store, "a", 20);

        try (Connection connection = transaction()) {
            long projected = deposit(connection, 500);
            connection.commit();

            assertThat(projected).isEqualTo(3);
        }
        assertThat(balance()).isEqualTo("530 cents by 4 events");
        Accounts.deposit(store, "a", 1);
        catchUp();
        assertThat(balance()).isEqualTo("531 cents by 5 events");
    }

    @Test
    void transactions_of_many_threads_leave_the_model_equal_to_the_log() throws Exception {
        Accounts.open(store, "a");
        catchUp();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(threads.submit(() -> {
                    try (Connection connection = transaction()) {
                        for (int i = 0; i < 25; i++) {
                            deposit(connection, 1);
                            connection.commit();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(balance()).isEqualTo("100 cents by 101 events");
        assertThat(store.nextPosition()).isEqualTo(101);
    }

    @Test
    void while_the_projection_runs_in_the_usual_way_a_transaction_is_refused() throws Exception {
        Accounts.open(store, "a");
        try (Everfold everfold = Everfold.on(store);
                Connection connection = transaction()) {
            everfold.start(Accounts.projection(), model).awaitHandled(0, Accounts.SOON);

            assertThatThrownBy(() -> deposit(connection, 500))
                    .isInstanceOf(ClaimLostException.class)
                    .hasMessage("Consumer \"balances\" does not go on here: the projection runs already. Nothing of"
                            + " this step was changed; whoever runs it now does the step itself.");
            connection.rollback();
        }
    }

    @Test
    void a_model_that_was_never_made_and_a_connection_that_commits_by_itself_are_refused() throws Exception {
        Accounts.open(store, "a");

        try (Connection connection = transaction()) {
            assertThatThrownBy(() -> deposit(connection, 500))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("No build of projection \"balances\", version 1, serves. Start the projection and let"
                            + " it catch up, then carry it out within transactions.");
            connection.rollback();
            connection.setAutoCommit(true);
            assertThatThrownBy(() -> inline.project(connection, read -> store.read(connection, read)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The connection commits each statement by itself; expected a transaction. Call"
                            + " setAutoCommit(false) first.");
        }
        assertThatThrownBy(() -> model.inline(Accounts.projection().partitions(2), store.lineage()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Projection \"balances\" has 2 partitions; expected 1, to be carried out within"
                        + " transactions.");
    }
}
