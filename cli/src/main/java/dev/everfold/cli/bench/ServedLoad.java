package dev.everfold.cli.bench;

import dev.everfold.cli.bench.AppendWorkload.Condition;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.grpc.GrpcEventStoreProvider;
import java.time.Duration;
import java.util.List;

/// A little of all that a server is asked for most, by both protocols; nothing is measured.
public final class ServedLoad {

    private static final int CLIENTS = 64;

    private ServedLoad() {}

    /// Appends to a server of ours, and reads what it holds.
    ///
    /// @param uri of the server
    /// @param each how long each kind of work takes, about
    public static void run(StoreUri uri, Duration each) throws Exception {
        try (EventStore store = EventStores.open(uri.toString());
                KurrentCalls calls = new KurrentCalls(new GrpcEventStoreProvider().channel(uri));
                KurrentCalls.Batches batches = calls.batches()) {
            for (Workload workload : List.of(
                    new AppendWorkload(store, CLIENTS, 1, Condition.NONE),
                    new AppendWorkload(store, CLIENTS, 1, Condition.STREAM_AT),
                    new AppendWorkload(store, CLIENTS, 1, Condition.NOTHING_MATCHING),
                    new KurrentAppends("Append", CLIENTS, calls::append),
                    new KurrentAppends("BatchAppend", CLIENTS, batches::append))) {
                Measurement _ = workload.run(each);
            }
            Read all = Read.matching(Query.all());
            long deadline = System.nanoTime() + each.toNanos();
            do {
                try (EventCursor cursor = store.read(all)) {
                    cursor.forEachRemaining(_ -> {});
                }
            } while (System.nanoTime() < deadline);
        }
    }
}
