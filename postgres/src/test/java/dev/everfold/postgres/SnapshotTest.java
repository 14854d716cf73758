package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A reader with an old snapshot keeps dead rows alive; appends leave none that they would have to step over. Two
/// databases of one server take turns, and an old snapshot is open in one of them.
/// `-Deverfold.postgres.snapshot=180` is for how many seconds.
@Tag("heavy")
@Timeout(1_200)
@Isolated // what it measures is the server that all share
class SnapshotTest {

    private static final int SECONDS = Integer.getInteger("everfold.postgres.snapshot", 60);
    private static final int WRITERS = 8;

    /// Appends between two reads, which let the next ones be indexed soon, so that more is deleted.
    private static final int READ_EVERY = 50;

    private static final double SHARE_MIN = 0.7;

    /// Also with so few remembered appends that old ones are deleted all the time.
    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_000_000})
    void a_snapshot_that_stays_open_does_not_slow_appends_down(int remembered) throws Exception {
        String free = "free_" + remembered;
        String held = "held_" + remembered;
        PostgresServer.V18.run("create database " + free, "create database " + held);
        try (EventStore freeStore = open(free, remembered);
                EventStore heldStore = open(held, remembered);
                Connection reader = PostgresServer.V18.connect(held)) {
            append(freeStore, 1_000);
            append(heldStore, 1_000);
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = reader.createStatement()) {
                statement.execute("select count(*) from everfold.event");
            }

            List<Double> shares = new ArrayList<>();
            for (int second = 0; second < SECONDS; second += 4) {
                double freeRate = append(freeStore, 2_000);
                double heldRate = append(heldStore, 2_000);
                shares.add(heldRate / freeRate);
            }

            List<Double> last = shares.subList(shares.size() / 2, shares.size()).stream()
                    .sorted()
                    .toList();
            double share = last.get(last.size() / 2);
            System.out.printf(
                    "%d remembered: beside an open snapshot %.0f %% of the rate, after %d appends%n",
                    remembered, share * 100, heldStore.nextPosition());
            assertThat(share).isGreaterThan(SHARE_MIN);
            reader.rollback();
        }
    }

    private static EventStore open(String database, int remembered) {
        StoreUri uri = StoreUri.parse("postgresql://postgres@localhost:" + PostgresServer.V18.port() + "/" + database);
        return PostgresEventStore.open(
                uri,
                PostgresOptions.DEFAULTS.withLimits(Limits.DEFAULTS.withRememberedAppends(remembered)),
                Clock.systemUTC());
    }

    /// Appends from many threads for so long.
    ///
    /// @return appends a second
    private static double append(EventStore store, long millis) throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong appends = new AtomicLong();
        List<Thread> writers = new ArrayList<>();
        long begin = System.nanoTime();
        for (int writer = 0; writer < WRITERS; writer++) {
            String stream = "writer-" + writer;
            writers.add(Thread.ofVirtual().start(() -> {
                while (!ended.get()) {
                    store.append(Append.of(NewEvent.of(stream, "noted", "{}").withTags(stream)));
                    if (appends.incrementAndGet() % READ_EVERY == 0) {
                        store.read(Read.matching(Query.tags(stream)).backwards().limit(1))
                                .close();
                    }
                }
            }));
        }
        while (System.nanoTime() - begin < millis * 1_000_000) {
            LockSupport.parkNanos(5_000_000);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double rate = appends.get() / seconds;
        ended.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        return rate;
    }
}
