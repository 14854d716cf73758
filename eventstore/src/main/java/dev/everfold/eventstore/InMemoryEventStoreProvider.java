package dev.everfold.eventstore;

import java.util.Map;

/// Makes `memory:` known: a new, empty store at every opening.
public final class InMemoryEventStoreProvider implements EventStoreProvider {

    /// For [java.util.ServiceLoader].
    public InMemoryEventStoreProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public EventStore open(StoreUri uri) {
        boolean plain = uri.parameters().isEmpty() || uri.parameters().equals(Map.of("mode", "create"));
        if (!uri.rest().isEmpty() || !plain) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\" is not a store URI of the engine in memory; expected memory: and nothing more.");
        }
        return new InMemoryEventStore();
    }
}
