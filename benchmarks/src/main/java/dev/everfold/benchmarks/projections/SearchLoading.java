package dev.everfold.benchmarks.projections;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.search.IndexDefinition;
import dev.everfold.search.SearchDocuments;
import dev.everfold.search.SearchOptions;
import dev.everfold.search.SearchReadModel;
import dev.everfold.search.SearchRefresh;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Projects a log into Elasticsearch or OpenSearch, beside a bare bulk loader: `SearchLoading STORE URL [ROUNDS]`,
/// with the folder of a log, which is only read, and a server that may be filled. One document an event.
///
/// The bare loader ([BareLoader]) stores the same documents in bulks of as many, into an index with the same mappings,
/// but without versions, checkpoints or claims: what is left is the server's time, which nobody can go below by much.
/// Rounds are interleaved and the first one is not counted, since it is compiled in it. Indices are deleted again.
public final class SearchLoading {

    static final int BATCH = ConsumerOptions.DEFAULTS.batchEventsMax();

    private static final Duration MAX = Duration.ofMinutes(30);
    private static final int ROUNDS = 3;
    private static final String NAME = "everfold_loading";
    private static final String SETTINGS =
            "\"settings\": {\"index.number_of_shards\": 1, \"index.number_of_replicas\": 0}";
    private static final String FIELDS = "\"stream\": {\"type\": \"keyword\"}, \"type\": {\"type\": \"keyword\"},"
            + " \"bytes\": {\"type\": \"integer\"}";

    private SearchLoading() {}

    /// Measures.
    ///
    /// @param arguments the folder of a log, the address of a server, and how many rounds are counted
    public static void main(String[] arguments) throws Exception {
        URI server = URI.create(arguments[1]);
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : ROUNDS;
        List<Double> projected = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        try (EventStore log = EventStores.open("log:" + arguments[0] + "?mode=read");
                BareLoader loader = new BareLoader(server)) {
            for (int round = 0; round <= rounds; round++) {
                double bareSeconds = load(loader, log);
                double projectedSeconds = project(server, loader, log);
                if (round > 0) {
                    bare.add(bareSeconds);
                    projected.add(projectedSeconds);
                }
            }
            System.out.printf("%-12s %12s %12s %12s %12s%n", "loader", "documents", "best s", "median s", "median/s");
            print("bare bulks", log.nextPosition(), bare);
            print("projection", log.nextPosition(), projected);
        }
    }

    private static void print(String name, long events, List<Double> seconds) {
        Collections.sort(seconds);
        double median = seconds.get(seconds.size() / 2);
        System.out.printf(
                "%-12s %,12d %12.2f %12.2f %,12.0f%n", name, events, seconds.getFirst(), median, events / median);
    }

    private static double load(BareLoader loader, EventStore log) throws Exception {
        String index = NAME + "-bare";
        loader.create(
                index,
                "{\"mappings\": {\"dynamic\": \"strict\", \"properties\": {" + FIELDS
                        + ", \"everfold_id\": {\"type\": \"keyword\"}, \"everfold_position\": {\"type\": \"long\"},"
                        + " \"everfold_key\": {\"type\": \"keyword\", \"index\": false, \"doc_values\": false}}}, "
                        + SETTINGS + "}");
        long begin = System.nanoTime();
        loader.load(index, log);
        double seconds = (System.nanoTime() - begin) / 1e9;
        loader.delete(index);
        return seconds;
    }

    private static double project(URI server, BareLoader loader, EventStore log) throws Exception {
        IndexDefinition definition = IndexDefinition.parse(
                "{\"mappings\": {\"dynamic\": \"strict\", \"properties\": {" + FIELDS + "}}, " + SETTINGS + "}");
        Projection<SearchDocuments> projection = Projection.raw(
                NAME,
                Query.all(),
                (documents, event) -> documents.put(
                        Long.toString(event.position()),
                        Map.of(
                                "stream", event.stream(),
                                "type", event.type(),
                                "bytes", event.data().length())));
        try (SearchReadModel model =
                SearchReadModel.on(SearchOptions.at(server), definition).refreshing(SearchRefresh.INTERVAL)) {
            long begin = System.nanoTime();
            try (Everfold everfold = Everfold.on(log)) {
                if (!everfold.start(projection, model).awaitCaughtUp(MAX)) {
                    throw new IllegalStateException("The projection did not catch up within " + MAX + ".");
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            for (Build build : model.builds(NAME)) {
                loader.delete("%s-b%06d".formatted(NAME, build.number()));
            }
            return seconds;
        }
    }
}
