package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.postgresql.PGConnection;

/// Readers learn of appends that were made elsewhere: another store on the same schema is another process to it.
@Timeout(60)
@Isolated // what it measures or ends is the server that all share
class WakingTest {

    private static final String LISTENERS =
            "select pid from pg_stat_activity where query like 'listen %' or query" + " like 'listen everfold%'";

    private static Append noted() {
        return Append.of(NewEvent.of("order-17", "noted", "{}"));
    }

    @Test
    void a_reader_elsewhere_is_woken_within_milliseconds_by_an_idle_writer() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore writer = PostgresEventStore.open(uri.toString());
                EventStore reader =
                        PostgresEventStore.open(uri.with("mode", "read").toString())) {
            long warm = writer.append(noted()).fromPosition();
            assertThat(reader.awaitPosition(warm, Duration.ofSeconds(10))).isTrue();
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long expected = writer.nextPosition();
                FutureTask<Long> woken = waiting(reader, expected);
                awaitListener();

                writer.append(noted());
                long appended = System.nanoTime();

                millis.add((woken.get() - appended) / 1_000_000);
            }
            assertThat(millis.stream().sorted().toList().get(10))
                    .as("median of %s", millis)
                    .isLessThan(50);
        }
    }

    @Test
    void the_loss_of_the_listening_connection_costs_a_moment() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore writer = PostgresEventStore.open(uri.toString());
                EventStore reader =
                        PostgresEventStore.open(uri.with("mode", "read").toString())) {
            for (int i = 0; i < 3; i++) {
                FutureTask<Long> woken = waiting(reader, writer.nextPosition());
                awaitListener();
                PostgresServer.V18.run("select pg_terminate_backend(pid) from (" + LISTENERS + ") l");

                writer.append(noted());
                long appended = System.nanoTime();

                assertThat((woken.get() - appended) / 1_000_000).isLessThan(1_500);
            }
        }
    }

    @Test
    void no_wait_ends_for_an_event_that_a_failover_lost() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        String schema = uri.parameters().get("schema");
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            store.append(noted());
            store.append(noted());
            PostgresServer.V18.run(
                    "delete from " + schema + ".event where position = 1",
                    "delete from " + schema + ".batch where number = 1");

            assertThat(store.read(Read.all()).toList()).hasSize(1);
            assertThat(store.awaitPosition(0, Duration.ZERO)).isTrue();
            assertThat(store.awaitPosition(1, Duration.ZERO)).isFalse();
            store.append(noted());
            assertThat(store.awaitPosition(1, Duration.ZERO)).isTrue();
        }
    }

    @Test
    void notifications_are_few_however_many_the_commits() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore writer = PostgresEventStore.open(uri.toString());
                Connection listener = PostgresServer.V18.connect();
                Statement statement = listener.createStatement()) {
            statement.execute("listen " + new Sql(uri.parameters().get("schema")).channel());
            long start = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                writer.append(noted());
            }
            long elapsedMillis = (System.nanoTime() - start) / 1_000_000;

            int notified = 0;
            PGConnection notifications = listener.unwrap(PGConnection.class);
            for (var more = notifications.getNotifications(300); more != null && more.length > 0; ) {
                notified += more.length;
                more = notifications.getNotifications(300);
            }

            assertThat(notified).isBetween(1, (int) (elapsedMillis / 15) + 2);
        }
    }

    private static FutureTask<Long> waiting(EventStore reader, long position) {
        FutureTask<Long> task = new FutureTask<>(() -> {
            assertThat(reader.awaitPosition(position, Duration.ofSeconds(20))).isTrue();
            return System.nanoTime();
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void awaitListener() throws Exception {
        while (PostgresServer.V18.strings(LISTENERS).isEmpty()) {
            Thread.onSpinWait();
        }
    }
}
