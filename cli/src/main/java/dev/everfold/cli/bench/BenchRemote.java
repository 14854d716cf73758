package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.grpc.GrpcEventStoreProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// The one store that a server of ours has. What is appended stays there, so it has to be empty. Beside it, in a new
/// folder of the working folder, an embedded store is the limit: on the server's own machine and disk, what the wire
/// costs is the difference.
///
/// @param uri of the server
/// @param store a connection for what is asked beside the workloads
/// @param calls to the server by KurrentDB's protocol
/// @param folder of the embedded store
/// @param limit the embedded store
record BenchRemote(StoreUri uri, EventStore store, KurrentCalls calls, BenchFolder folder, EventStore limit)
        implements BenchPlace {

    static final String SCHEME = "everfold";
    private static final String LIMIT = "limit";
    private static final int WARM_UP = 3;
    private static final Duration WARM_UP_ENOUGH = Duration.ofSeconds(3);

    /// @throws IllegalArgumentException when the store is not empty
    static BenchRemote at(StoreUri uri) throws IOException {
        EventStore store = EventStores.open(uri.toString());
        long events = store.nextPosition();
        if (events > 0) {
            store.close();
            throw new IllegalArgumentException("The store of " + uri.forMessages() + " holds " + events
                    + " events; expected an empty one, since what the bench appends stays there. Serve a new store.");
        }
        BenchFolder folder = BenchFolder.create(StoreUri.parse("log:."));
        KurrentCalls calls = new KurrentCalls(new GrpcEventStoreProvider().channel(uri));
        return new BenchRemote(uri, store, calls, folder, folder.open(LIMIT));
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
    public Optional<EventStore> embedded() {
        return Optional.of(limit);
    }

    /// Longer than elsewhere, since two JVMs compile what they run, on processors that they share.
    @Override
    public Duration warmUp(Duration duration) {
        Duration longer = duration.multipliedBy(WARM_UP);
        Duration enough = duration.compareTo(WARM_UP_ENOUGH) > 0 ? duration : WARM_UP_ENOUGH;
        return longer.compareTo(enough) < 0 ? longer : enough;
    }

    @Override
    public void more(EventStore own, Round round) throws Exception {
        new KurrentRows(calls, own).run(round);
    }

    @Override
    public void close() throws IOException {
        calls.close();
        store.close();
        limit.close();
        folder.close();
    }
}
