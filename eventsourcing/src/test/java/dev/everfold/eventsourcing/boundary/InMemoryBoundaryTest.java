package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;

/// Boundaries on the engine in memory.
final class InMemoryBoundaryTest extends BoundaryConformance {

    @Override
    EventStore emptyStore() {
        return new InMemoryEventStore();
    }
}
