package dev.everfold.testkit.sample;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.CopyConformance;
import dev.everfold.testkit.CopyFixture;
import java.time.Clock;
import java.util.UUID;

/// Stores in memory can be copies of others, too.
class InMemoryCopyConformanceTest extends CopyConformance {

    @Override
    protected CopyFixture createFixture() {
        return new InMemoryCopyFixture();
    }

    /// Nothing is kept, so nothing is removed.
    private static final class InMemoryCopyFixture implements CopyFixture {

        @Override
        public EventStore open(Clock clock, Limits limits) {
            return new InMemoryEventStore(clock, limits);
        }

        @Override
        public EventStore openCopy(Clock clock, Limits limits, UUID lineage) {
            return new InMemoryEventStore(clock, limits, lineage);
        }

        @Override
        public void close() {}
    }
}
