package dev.everfold.benchmarks.projections;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.jdbc.JdbcReadModel;
import dev.everfold.jdbc.SqlModel;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// Projects a log and prints how long it took: `Projecting STORE FOLDER`, with the folder of a log, which is only
/// read, and one for what is made. One row a stream is kept: how many events it has, and its last type.
///
/// In memory, in SQLite and in PostgreSQL; in memory also a million events of its own, each decoded from JSON. Then
/// how long an event that is appended takes to be seen in the view, at 1,000 events/s.
public final class Projecting {

    private static final Duration MAX = Duration.ofMinutes(30);

    private static final String SCHEMA = "create table {streams}"
            + " (stream text not null primary key, events bigint not null, last_type text not null)";
    private static final String UPSERT = "insert into {streams} (stream, events, last_type) values (?, 1, ?)"
            + " on conflict (stream) do update set events = {streams}.events + 1, last_type = excluded.last_type";

    private Projecting() {}

    /// Measures.
    ///
    /// @param arguments the folder of a log, and one for what is made
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        Path file = Files.createTempDirectory(folder, "models-").resolve("models.db");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            DataSource server = postgres.getPostgresDatabase();
            System.out.printf("%-22s %12s %10s %12s%n", "model", "events", "seconds", "events/s");
            try (EventStore log = EventStores.open("log:" + arguments[0] + "?mode=read")) {
                // Twice, since the first time it is compiled, and the log is read from the disk.
                for (int run = 0; run < 2; run++) {
                    fill("memory, raw", log, inMemory(), MemoryReadModel.<String, Long>empty());
                }
                try (EventStore deposits = EventStores.open("log:" + Files.createTempDirectory(folder, "deposits-"))) {
                    Deposits.append(deposits);
                    for (int run = 0; run < 2; run++) {
                        fill("memory, typed", deposits, Deposits.inMemory(), MemoryReadModel.<String, Long>empty());
                    }
                }
                fill("SQLite", log, inSql(), JdbcReadModel.sqlite(file, SCHEMA));
                fill("PostgreSQL", log, inSql(), JdbcReadModel.on(server, SCHEMA));
            }
            System.out.printf("%n%-22s %12s %10s %12s%n", "append to view, ms", "p50", "p99", "max");
            Delays.measure("SQLite", folder, sqlite(file), JdbcReadModel.sqlite(file, Delays.SCHEMA));
            Delays.measure("PostgreSQL", folder, server, JdbcReadModel.on(server, Delays.SCHEMA));
        }
    }

    private static DataSource sqlite(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static Projection<MemoryRows<String, Long>> inMemory() {
        return Projection.raw("streams", Query.all(), (rows, event) -> rows.merge(event.stream(), 1L, Long::sum));
    }

    private static Projection<SqlModel> inSql() {
        return Projection.raw(
                "streams", Query.all(), (model, event) -> model.update(UPSERT, event.stream(), event.type()));
    }

    private static <T> void fill(String name, EventStore log, Projection<T> projection, ReadModel<T> model)
            throws InterruptedException {
        try (Everfold everfold = Everfold.on(log)) {
            long begin = System.nanoTime();
            if (!everfold.start(projection, model).awaitCaughtUp(MAX)) {
                throw new IllegalStateException(name + " did not catch up within " + MAX);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            long events = log.nextPosition();
            System.out.printf("%-22s %,12d %10.2f %,12.0f%n", name, events, seconds, events / seconds);
        }
    }
}
