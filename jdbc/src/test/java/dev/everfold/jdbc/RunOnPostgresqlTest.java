package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.postgres.PostgresEventStore;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/// The code of docs/how-to/run-on-postgresql.md, which is compiled and does what the guide says.
@Timeout(60)
class RunOnPostgresqlTest {

    @Test
    void the_code_of_the_guide_is_here() {
        DocumentedCode guide = DocumentedCode.of(Path.of("../docs/how-to/run-on-postgresql.md"));

        assertThat(guide.lines()).hasSizeGreaterThan(10);
        guide.assertThatLinesAreIn(Path.of("src/test/java/dev/everfold/jdbc/RunOnPostgresqlTest.java"));
    }

    @Test
    void an_order_its_event_and_the_read_model_are_of_one_transaction() throws Exception {
        String url = newDatabase();
        String uri = url.substring("jdbc:".length());
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        var model = JdbcReadModel.on(source, Accounts.SCHEMA);
        var projection = Accounts.projection();
        try (PostgresEventStore store = PostgresEventStore.open(uri);
                Connection connection = source.getConnection()) {
            Accounts.open(store, "a");
            try (Everfold everfold = Everfold.on(store)) {
                assertThat(everfold.start(projection, model).awaitHandled(0, Accounts.SOON))
                        .isTrue();
            }

            connection.setAutoCommit(false);
            insertOrder(connection);
            Appended appended = store.append(connection, placed());
            connection.commit();
            store.wake();

            assertThat(appended.fromPosition()).isEqualTo(1);

            InlineProjection balances = model.inline(projection, store.lineage());

            store.append(connection, placed());
            balances.project(connection, read -> store.read(connection, read));
            connection.commit();
            store.wake();

            assertThat(store.nextPosition()).isEqualTo(3);
            assertThat(cents(connection)).isEqualTo(1_000);
        }
    }

    private static String newDatabase() throws SQLException {
        String database =
                "guide_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        String server = PostgresServer.V18.url();
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + database);
        }
        return server.replace("/postgres?", "/" + database + "?");
    }

    private static void insertOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table orders (id bigint)");
            statement.execute("insert into orders values (17)");
        }
    }

    private static Append placed() {
        return Append.of(Accounts.CODEC.encode("account-a", new Accounts.Deposited("a", 500), EventMetadata.none()));
    }

    private static long cents(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select cents from balances where account = 'a'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
