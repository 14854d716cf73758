package dev.everfold.postgres;

import dev.everfold.testkit.CopyConformance;
import dev.everfold.testkit.CopyFixture;

/// A schema can become a copy of any other store.
final class PostgresCopyConformanceTest extends CopyConformance {

    @Override
    protected CopyFixture createFixture() {
        return new PostgresFixture(PostgresServer.V18, PostgresOptions.DEFAULTS);
    }
}
