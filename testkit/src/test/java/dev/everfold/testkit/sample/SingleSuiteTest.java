package dev.everfold.testkit.sample;

import dev.everfold.testkit.EventStoreFixture;
import dev.everfold.testkit.LimitsConformance;

/// One suite alone, for an engine that is not ready for all.
class SingleSuiteTest extends LimitsConformance {

    @Override
    protected EventStoreFixture createFixture() {
        return new InMemoryConformanceTest.InMemoryFixture();
    }
}
