package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Partitions that have no events save how far they are at leisure, unless somebody waits for them.
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18"})
class IdlePartitionTest {

    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final TestDatabase kind;

    IdlePartitionTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void a_build_whose_other_partitions_have_no_events_takes_over_at_once() throws Exception {
        DataSource database = kind.emptyDatabase(folder);
        JdbcReadModel model = JdbcReadModel.on(database, Accounts.SCHEMA);
        Projection<SqlModel> projection = Accounts.projection()
                .partitions(4)
                .options(Accounts.OPTIONS.withLease(LONG).withCheckpointEvery(LONG));
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold everfold = Everfold.on(store)) {
            open(store, "alice");
            deposit(store, "alice", 5);
            // Closed in order, each partition has saved the end of the log.
            RunningProjection<?> before = everfold.start(projection, model);
            before.awaitCaughtUp(SOON);
            before.close();
            RunningProjection<?> running = everfold.start(projection, model);
            running.awaitCaughtUp(SOON);

            running.rebuild();

            assertThat(running.awaitRebuilt(Duration.ofSeconds(10))).isTrue();
            assertThat(Accounts.rows(database)).containsExactly("alice 5 2");
        }
    }
}
