package dev.everfold.postgres;

import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;
import org.junit.jupiter.api.Tag;

/// The contract on PostgreSQL 15, with partitions and batches so small that one ends in every test.
@Tag("heavy")
final class OldPostgresConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new PostgresFixture(
                PostgresServer.V15,
                PostgresOptions.DEFAULTS.withPartitionEvents(1_000).withBatchEventsMax(3));
    }
}
