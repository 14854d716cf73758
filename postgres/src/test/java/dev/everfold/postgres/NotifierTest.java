package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/// Telling other processes costs the server the same each time.
@Timeout(60)
class NotifierTest {

    private static final int TIMES = 5;

    @Test
    void what_tells_others_is_prepared_once_on_a_connection() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        EventStores.open(uri.toString()).close();
        try (Database database = new Database(PostgresUri.parse(uri, PostgresOptions.DEFAULTS));
                Notifier notifier = new Notifier(database);
                Connection listener = database.connect();
                Statement listening = listener.createStatement()) {
            listening.execute("listen " + database.sql().channel());
            for (int i = 0; i < TIMES; i++) {
                notifier.tell();
                assertThat(listener.unwrap(PGConnection.class).getNotifications(10_000))
                        .as("notification %s", i)
                        .isNotEmpty();
            }

            // The one that told may not be given back yet.
            try (Connection one = database.take();
                    Connection other = database.take()) {
                assertThat(prepared(one)).isLessThanOrEqualTo(1);
                assertThat(prepared(other)).isLessThanOrEqualTo(1);
                assertThat(prepared(one) + prepared(other)).isPositive();
            }
        }
    }

    private static int prepared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from pg_prepared_statements where statement like '%notify everfold%'"
                                + " and statement not like '%pg_prepared%'")) {
            row.next();
            return row.getInt(1);
        }
    }
}
