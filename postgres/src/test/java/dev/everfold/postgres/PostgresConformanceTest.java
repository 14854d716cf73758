package dev.everfold.postgres;

import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;

/// The contract on PostgreSQL 18, with the options that everybody gets.
final class PostgresConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new PostgresFixture(PostgresServer.V18, PostgresOptions.DEFAULTS);
    }
}
