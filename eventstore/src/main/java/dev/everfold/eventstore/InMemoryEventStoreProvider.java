package dev.everfold.eventstore;

import java.time.Clock;
import java.util.Map;
import java.util.UUID;

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
        check(uri);
        return new InMemoryEventStore();
    }

    @Override
    public EventStore openCopy(StoreUri uri, UUID lineage) {
        check(uri);
        return new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, lineage);
    }

    private static void check(StoreUri uri) {
        boolean plain = uri.parameters().isEmpty() || uri.parameters().equals(Map.of("mode", "create"));
        if (!uri.rest().isEmpty() || !plain) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\" is not a store URI of the engine in memory; expected memory: and nothing more.");
        }
    }
}
