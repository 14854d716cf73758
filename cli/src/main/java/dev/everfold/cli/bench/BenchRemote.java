package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;

/// The one store that a server of ours has. What is appended stays there, so it has to be empty.
///
/// @param uri of the server
/// @param store a connection for what is asked beside the workloads
record BenchRemote(StoreUri uri, EventStore store) implements BenchPlace {

    static final String SCHEME = "everfold";

    /// @throws IllegalArgumentException when the store is not empty
    static BenchRemote at(StoreUri uri) {
        EventStore store = EventStores.open(uri.toString());
        long events = store.nextPosition();
        if (events > 0) {
            store.close();
            throw new IllegalArgumentException("The store of " + uri.forMessages() + " holds " + events
                    + " events; expected an empty one, since what the bench appends stays there. Serve a new store.");
        }
        return new BenchRemote(uri, store);
    }

    @Override
    public EventStore open(String name) {
        return EventStores.open(uri.toString());
    }

    @Override
    public void delete(String name) {
        // It stays.
    }

    @Override
    public boolean isOneStore() {
        return true;
    }

    @Override
    public Workload raw() {
        return RawCalls.questions(store);
    }

    @Override
    public Results.Section rawSection() {
        return Results.Section.RAW_CALLS;
    }

    @Override
    public void close() {
        store.close();
    }
}
