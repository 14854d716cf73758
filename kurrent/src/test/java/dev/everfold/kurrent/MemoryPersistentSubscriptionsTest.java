package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;

/// Groups on the engine in memory.
class MemoryPersistentSubscriptionsTest extends PersistentSubscriptionsContract {

    @Override
    EventStore open() {
        return new InMemoryEventStore();
    }
}
