package dev.everfold.cli;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.util.UUID;
import java.util.function.Function;

/// A store as the user named it, and the ways to open it.
///
/// @param text its URI as it was given
record NamedStore(String text) {

    static final String MODE = "mode";

    /// Opens the store for reading only: nothing is created or changed, and it may be open elsewhere.
    EventStore openToRead() {
        return open(uri().with(MODE, "read"), provider()::open);
    }

    /// Opens the store for appending; it is created when it is not there, unless the URI says otherwise.
    EventStore openToAppend() {
        return open(uriToAppend(), provider()::open);
    }

    /// The same, but a store that is created gets this lineage.
    EventStore openCopy(UUID lineage) {
        return open(uriToAppend(), uri -> provider().openCopy(uri, lineage));
    }

    StoreUri uri() {
        try {
            return StoreUri.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw usage(malformed);
        }
    }

    /// The engine, which understands the URI as it was given.
    EventStoreProvider provider() {
        StoreUri uri = uri();
        try {
            EventStoreProvider engine = EventStores.provider(uri);
            engine.check(uri);
            return engine;
        } catch (IllegalArgumentException notUnderstood) {
            throw usage(notUnderstood);
        }
    }

    /// Whether both name the same store, as far as can be told without opening it.
    boolean isSame(NamedStore other) {
        StoreUri one = uri();
        StoreUri two = other.uri();
        try {
            return one.scheme().equals(two.scheme()) && provider().isSameStore(one, two);
        } catch (IllegalArgumentException notOfThisEngine) {
            throw usage(notOfThisEngine);
        }
    }

    private StoreUri uriToAppend() {
        StoreUri uri = uri();
        return uri.parameters().containsKey(MODE) ? uri : uri.with(MODE, "create");
    }

    private static EventStore open(StoreUri uri, Function<StoreUri, EventStore> opening) {
        try {
            return opening.apply(uri);
        } catch (IllegalArgumentException notOfThisEngine) {
            throw usage(notOfThisEngine);
        } catch (CorruptStoreException damaged) {
            throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(damaged.getMessage()), damaged);
        }
    }

    private static CommandException usage(IllegalArgumentException wrong) {
        return new CommandException(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
    }
}
