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

    @Override
    public void check(StoreUri uri) {
        if (uri.rest().isEmpty() && uri.parameters().equals(Map.of("mode", "read"))) {
            throw new IllegalArgumentException("A store in memory is new and empty whenever it is opened, and has"
                    + " nothing to read; expected one that is kept, for example log:DIRECTORY.");
        }
        boolean plain = uri.parameters().isEmpty() || uri.parameters().equals(Map.of("mode", "create"));
        if (!uri.rest().isEmpty() || !plain) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\" is not a store URI of the engine in memory; expected memory: and nothing more.");
        }
    }
}
