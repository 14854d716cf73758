package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void who_cannot_tell_at_a_replica_gives_its_connection_back_as_it_was(@TempDir Path folder) throws Exception {
        try (OwnServer server = new OwnServer(folder, false)) {
            StoreUri uri = server.store("everfold");
            EventStores.open(uri.toString()).close();
            server.kill();
            Files.createFile(folder.resolve("data").resolve("standby.signal"));
            server.start();
            PostgresUri reading =
                    PostgresUri.parse(uri.with("mode", "read").with("connections", "2"), PostgresOptions.DEFAULTS);
            try (Database database = new Database(reading);
                    Notifier notifier = new Notifier(database)) {
                notifier.tell();
                while (!Files.readString(folder.resolve("server.log")).contains("cannot execute NOTIFY")) {
                    LockSupport.parkNanos(1_000_000);
                }

                // The one that told among them.
                try (Connection one = database.take();
                        Connection other = database.take()) {
                    assertThat(prepared(one) + prepared(other)).isNotNegative();
                }
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
