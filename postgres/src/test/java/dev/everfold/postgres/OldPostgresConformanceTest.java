package dev.everfold.postgres;

import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;

/// The contract on PostgreSQL 15, with partitions and batches so small that one ends in every test.
final class OldPostgresConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new PostgresFixture(
                PostgresServer.V15,
                PostgresOptions.DEFAULTS.withPartitionEvents(1_000).withBatchEventsMax(3));
    }
}
