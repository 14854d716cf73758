package dev.everfold.eventstore;

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
        if (!uri.rest().isEmpty() || !uri.parameters().isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\" is not a store URI of the engine in memory; expected memory: and nothing more.");
        }
        return new InMemoryEventStore();
    }
}
