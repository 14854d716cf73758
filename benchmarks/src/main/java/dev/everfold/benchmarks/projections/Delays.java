package dev.everfold.benchmarks.projections;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.jdbc.JdbcReadModel;
import dev.everfold.jdbc.SqlModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/// How long it takes from before an append until a reader sees the event in the view.
final class Delays {

    static final String SCHEMA = "create table {counters} (counter text not null primary key, seen bigint not null)";

    private static final String UPSERT = "insert into {counters} (counter, seen) values ('all', 1)"
            + " on conflict (counter) do update set seen = {counters}.seen + 1";
    private static final String SEEN = "select seen from counters";
    private static final int EVENTS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final long NANOS_BETWEEN = 1_000_000;
    private static final long NANOS_BETWEEN_READS = 200_000;

    private Delays() {}

    static void measure(String name, Path folder, DataSource source, JdbcReadModel model) throws Exception {
        long[] appended = new long[EVENTS];
        long[] delays = new long[EVENTS];
        try (EventStore log = EventStores.open("log:" + Files.createTempDirectory(folder, "log-"));
                Everfold everfold = Everfold.on(log);
                Connection connection = source.getConnection()) {
            Projection<SqlModel> counting =
                    Projection.raw("counters", Query.all(), (counters, _) -> counters.update(UPSERT));
            log.append(Append.of(NewEvent.of("stream-0", "counted", "{}")));
            everfold.start(counting, model).awaitCaughtUp(Duration.ofMinutes(1));
            Thread writer = Thread.ofPlatform().start(() -> append(log, appended));
            try (PreparedStatement seen = connection.prepareStatement(SEEN)) {
                for (int done = 0; done < EVENTS; ) {
                    int visible = read(seen) - 1;
                    long now = System.nanoTime();
                    for (; done < visible; done++) {
                        delays[done] = now - appended[done];
                    }
                    LockSupport.parkNanos(NANOS_BETWEEN_READS);
                }
            }
            writer.join();
        }
        long[] sorted = Arrays.copyOfRange(delays, WARM_UP, EVENTS);
        Arrays.sort(sorted);
        System.out.printf(
                "%-22s %12.2f %10.2f %12.2f%n",
                name,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }

    private static void append(EventStore log, long[] appended) {
        long begin = System.nanoTime();
        for (int i = 0; i < EVENTS; i++) {
            LockSupport.parkNanos(begin + i * NANOS_BETWEEN - System.nanoTime());
            appended[i] = System.nanoTime();
            log.append(Append.of(NewEvent.of("stream-" + i % 100, "counted", "{}")));
        }
    }

    private static int read(PreparedStatement seen) throws Exception {
        try (ResultSet rows = seen.executeQuery()) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }
}
