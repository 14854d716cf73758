package dev.everfold.testkit;

import org.junit.jupiter.api.Nested;

/// All suites for an engine whose stores survive their closing: those of [EventStoreConformance], and
/// restarts.
public abstract class RestartableConformance extends EventStoreConformance {

    @Override
    protected abstract RestartableFixture fixture();

    @Nested
    class RestartSuite extends RestartConformance {
        @Override
        protected RestartableFixture createFixture() {
            return fixture();
        }
    }
}
