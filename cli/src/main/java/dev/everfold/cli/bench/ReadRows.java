package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The reads of one round, each beside its limit.
///
/// @param data what the store holds
/// @param ids of some of its events
/// @param bareFile the same events as bare records
record ReadRows(ReadData data, List<UUID> ids, @Nullable Path bareFile) {

    // Primes, so that repetitions go through all streams without any order.
    private static final long SHORT_STEP = 7_919;
    private static final long LONG_STEP = 61;

    static int shortNumber(int repetition, ReadData data) {
        return (int) (repetition * SHORT_STEP % data.shortStreams());
    }

    static int longNumber(int repetition, ReadData data) {
        return (int) (repetition * LONG_STEP % data.longStreams());
    }

    void run(EventStore store, Round round) throws Exception {
        beside(round, BareReads.Kind.SHORT_STREAM, shortStreams(store));
        beside(round, BareReads.Kind.LONG_STREAM, longStreams(store));
        beside(round, BareReads.Kind.SCAN, new ReadWorkload(store, "full scan", _ -> all(Query.all())));
        round.add(Results.Section.READS, byType(store), Measurement.NONE, 0);
        round.add(Results.Section.READS, byTag(store), Measurement.NONE, 0);
        round.add(Results.Section.READS, byId(store), Measurement.NONE, 0);
    }

    private void beside(Round round, BareReads.Kind limit, Workload workload) throws Exception {
        Measurement bare = bareFile == null ? Measurement.NONE : round.measure(new BareReads(bareFile, data, limit));
        round.add(Results.Section.READS, workload, bare, 0);
    }

    /// Without what others have appended behind it.
    private Read all(Query query) {
        return Read.matching(query).toPosition(data.events());
    }

    private Workload shortStreams(EventStore store) {
        return new ReadWorkload(store, "stream of 10", i -> Read.stream(data.shortStream(shortNumber(i, data))));
    }

    private Workload longStreams(EventStore store) {
        return new ReadWorkload(store, "stream of 1000", i -> Read.stream(data.longStream(longNumber(i, data))));
    }

    private Workload byType(EventStore store) {
        return new ReadWorkload(store, "scan by type, 1 of 10 match", i -> all(Query.types(BenchEvents.type(i))));
    }

    private Workload byTag(EventStore store) {
        return new ReadWorkload(store, "scan by tag, 1 of 100 match", i -> all(Query.tags(BenchEvents.tenantTag(i))));
    }

    private Workload byId(EventStore store) {
        return new ReadWorkload(
                store,
                "look-up by id",
                i -> Read.matching(Query.ids(List.of(ids.get((int) (i * SHORT_STEP % ids.size()))))));
    }
}
