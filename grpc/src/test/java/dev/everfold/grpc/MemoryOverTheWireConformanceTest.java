package dev.everfold.grpc;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.EventStoreConformance;
import dev.everfold.testkit.EventStoreFixture;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// The contract over real sockets: the store in memory, events as messages, pages so small that nearly every read takes
/// several.
final class MemoryOverTheWireConformanceTest extends EventStoreConformance {

    @Override
    protected EventStoreFixture fixture() {
        return new EventStoreFixture() {
            private final List<ServedStore> served = new ArrayList<>();

            @Override
            public EventStore open(Clock clock, Limits limits) {
                served.add(ServedStore.of(new InMemoryEventStore(clock, limits)));
                return served.getLast()
                        .client(GrpcOptions.DEFAULTS.withRecords(false).withPageBytesMax(300));
            }

            @Override
            public boolean requestsArriveAtOnce() {
                return false;
            }

            @Override
            public void close() {
                served.forEach(ServedStore::close);
            }
        };
    }
}
