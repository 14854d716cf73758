package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;

/// Time travel in memory.
final class InMemoryTimeTravelTest extends TimeTravelConformance {

    @Override
    EventStore emptyStore() {
        return new InMemoryEventStore();
    }
}
