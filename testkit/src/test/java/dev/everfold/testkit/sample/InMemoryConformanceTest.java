package dev.everfold.testkit.sample;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.EventStoreConformance;
import dev.everfold.testkit.EventStoreFixture;
import java.time.Clock;

/// The store in memory is an engine like others: it passes the suites that it is the model of.
///
/// It stands in a package of its own, as the tests of other engines do, and in
/// docs/how-to/add-an-engine.md.
class InMemoryConformanceTest extends EventStoreConformance {

    @Override
    protected EventStoreFixture fixture() {
        return new InMemoryFixture();
    }

    /// Nothing is kept, so nothing is removed.
    static final class InMemoryFixture implements EventStoreFixture {

        @Override
        public EventStore open(Clock clock, Limits limits) {
            return new InMemoryEventStore(clock, limits);
        }

        @Override
        public void close() {}
    }
}
