package dev.everfold.testkit;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;

/// The store in memory is an engine like others: it passes the suites that it is the model of.
class InMemoryConformanceTest extends EventStoreConformance {

    @Override
    protected EventStoreFixture fixture() {
        return new InMemoryFixture();
    }

    /// Nothing is kept, so nothing is cleaned up.
    static final class InMemoryFixture implements EventStoreFixture {

        @Override
        public EventStore open(Clock clock, Limits limits) {
            return new InMemoryEventStore(clock, limits);
        }

        @Override
        public void close() {}
    }
}
