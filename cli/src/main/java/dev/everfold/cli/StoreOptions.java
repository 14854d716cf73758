package dev.everfold.cli;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import picocli.CommandLine.Option;

/// Options of every command that has to do with a store.
final class StoreOptions {

    private static final String MODE = "mode";

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
        return open(uri().with(MODE, "read"));
    }

    /// Opens the store for appending; it is created when it is not there, unless the URI says otherwise.
    EventStore openToAppend() {
        StoreUri uri = uri();
        return open(uri.parameters().containsKey(MODE) ? uri : uri.with(MODE, "create"));
    }

    StoreUri uri() {
        try {
            return StoreUri.parse(store);
        } catch (IllegalArgumentException malformed) {
            throw usage(malformed);
        }
    }

    EventStoreProvider provider() {
        try {
            return EventStores.provider(uri());
        } catch (IllegalArgumentException noEngine) {
            throw usage(noEngine);
        }
    }

    private EventStore open(StoreUri uri) {
        EventStoreProvider provider = provider();
        try {
            return provider.open(uri);
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
