package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;

/// KurrentDB's client for Java on the engine in memory.
class MemoryJavaClientTest extends JavaClientContract {

    @Override
    EventStore open() {
        return new InMemoryEventStore();
    }
}
