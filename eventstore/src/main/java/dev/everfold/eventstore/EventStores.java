package dev.everfold.eventstore;

import java.util.ServiceLoader;
import java.util.TreeMap;

/// Opens stores by URI: `memory:`, `log:DIRECTORY`, and whatever engines are on the class or module path.
public final class EventStores {

    private EventStores() {}

    /// Opens a store for as long as it is needed; close it after.
    ///
    /// @throws IllegalArgumentException when the URI cannot be read or no engine has its scheme
    /// @throws StoreUnavailableException when the engine cannot open it; see [EventStoreProvider#open]
    /// @throws CorruptStoreException when what is stored is damaged
    public static EventStore open(String uri) {
        StoreUri parsed = StoreUri.parse(uri);
        return provider(parsed).open(parsed);
    }

    /// The engine for a URI's scheme.
    ///
    /// @throws IllegalArgumentException when there is none
    public static EventStoreProvider provider(StoreUri uri) {
        TreeMap<String, EventStoreProvider> engines = new TreeMap<>();
        ServiceLoader.load(EventStoreProvider.class).forEach(engine -> engines.putIfAbsent(engine.scheme(), engine));
        // Threads of a pool may have a context class loader that knows of no engine.
        ServiceLoader.load(EventStoreProvider.class, EventStoreProvider.class.getClassLoader())
                .forEach(engine -> engines.putIfAbsent(engine.scheme(), engine));
        EventStoreProvider engine = engines.get(uri.scheme());
        if (engine == null) {
            throw new IllegalArgumentException(
                    "No engine for store URI \"" + uri.forMessages() + "\"; expected one of the schemes "
                            + String.join(", ", engines.keySet()) + ". Correct the URI, or add the engine's module.");
        }
        return engine;
    }
}
