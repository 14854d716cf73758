package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.StoreUri;
import picocli.CommandLine.Option;

/// Options of every command that has to do with a store.
final class StoreOptions {

    @Option(
            names = "--store",
            required = true,
            paramLabel = "URI",
            description = "The store, for example log:DIRECTORY.")
    String store = "";

    @Option(names = "--debug", description = "Show a stack trace with an error.")
    boolean debug;

    /// Opens the store for reading only: nothing is created or changed, and it may be open elsewhere.
    EventStore openToRead() {
        return new NamedStore(store).openToRead();
    }

    /// Opens the store for appending; it is created when it is not there, unless the URI says otherwise.
    EventStore openToAppend() {
        return new NamedStore(store).openToAppend();
    }

    StoreUri uri() {
        return new NamedStore(store).uri();
    }

    EventStoreProvider provider() {
        return new NamedStore(store).provider();
    }
}
