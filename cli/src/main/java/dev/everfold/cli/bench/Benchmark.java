package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// Goes through all workloads, round by round, on one store.
///
/// @param uri a store that is empty
/// @param rawDirectory where the raw disk is measured; on the same device as the store
/// @param rounds how often everything is measured, after one round that does not count
/// @param duration how long each workload runs in a round
public record Benchmark(StoreUri uri, Path rawDirectory, int rounds, Duration duration) {

    private static final int STREAMS_OF_10 = 20_000;
    private static final int STREAMS_OF_1000 = 200;

    /// The name of the row that others are compared with.
    public static final String RAW = "raw disk";

    /// A row of the results: medians over the rounds.
    ///
    /// @param name of the workload
    /// @param unit what it counts
    /// @param perSecond median rate
    /// @param lowest the lowest rate of a round
    /// @param highest the highest rate of a round
    /// @param p50Micros median of the rounds' medians, in microseconds
    /// @param p99Micros median of the rounds' 99th percentiles, in microseconds
    /// @param toRaw rate ÷ rate of the raw disk, in syncs or events
    public record Row(
            String name,
            String unit,
            double perSecond,
            double lowest,
            double highest,
            double p50Micros,
            double p99Micros,
            double toRaw) {}

    /// Runs it.
    ///
    /// @param progress receives what is being done
    public List<Row> run(Consumer<String> progress) throws Exception {
        Map<Workload, List<Measurement>> results = new LinkedHashMap<>();
        try (EventStore store = EventStores.open(uri.toString())) {
            List<Workload> workloads = new ArrayList<>();
            workloads.add(new RawDisk(rawDirectory));
            for (int clients : new int[] {1, 8, 64, 256, 1_024}) {
                workloads.add(new AppendWorkload(store, clients, 1, false));
            }
            for (int events : new int[] {10, 100}) {
                workloads.add(new AppendWorkload(store, 1, events, false));
                workloads.add(new AppendWorkload(store, 64, events, false));
            }
            workloads.add(new AppendWorkload(store, 64, 1, true));
            measure(workloads, results, progress);
            progress.accept("filling streams to read");
            long from = fill(store);
            measure(readers(store, from), results, progress);
        }
        results.put(new Reopening(uri), measureReopening(progress));
        return rows(results);
    }

    private void measure(List<Workload> workloads, Map<Workload, List<Measurement>> results, Consumer<String> progress)
            throws Exception {
        workloads.forEach(workload -> results.put(workload, new ArrayList<>()));
        for (int round = 0; round <= rounds; round++) {
            for (Workload workload : workloads) {
                String when = round == 0 ? "warming up: " : "round " + round + " of " + rounds + ": ";
                progress.accept(when + workload.name());
                Measurement measurement = workload.run(round == 0 ? duration.dividedBy(2) : duration);
                if (round > 0) {
                    results.getOrDefault(workload, List.of()).add(measurement);
                }
            }
        }
    }

    private List<Measurement> measureReopening(Consumer<String> progress) throws Exception {
        List<Measurement> measurements = new ArrayList<>();
        Reopening reopening = new Reopening(uri);
        for (int round = 1; round <= rounds; round++) {
            progress.accept("round " + round + " of " + rounds + ": " + reopening.name());
            measurements.add(reopening.run(duration));
        }
        return measurements;
    }

    /// Appends short and long streams and returns the position of the first of their events.
    private static long fill(EventStore store) {
        long from = store.nextPosition();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (int stream = 0; stream < STREAMS_OF_10; stream++) {
            pending.add(store.appendAsync(Append.of(BenchEvents.events("short-" + stream, "short:" + stream, 10))));
        }
        // Long streams grow side by side, so that their events lie apart.
        for (int part = 0; part < 100; part++) {
            for (int stream = 0; stream < STREAMS_OF_1000; stream++) {
                pending.add(store.appendAsync(Append.of(BenchEvents.events("long-" + stream, "long:" + stream, 10))));
            }
        }
        pending.forEach(CompletableFuture::join);
        return from;
    }

    private static List<Workload> readers(EventStore store, long from) {
        return List.of(
                new ReadWorkload(store, "full scan", i -> Read.all()),
                new ReadWorkload(
                        store, "stream of 10", i -> Read.stream("short-" + (int) (i * 7_919L % STREAMS_OF_10))),
                new ReadWorkload(
                        store, "stream of 1000", i -> Read.stream("long-" + (int) (i * 61L % STREAMS_OF_1000))),
                new ReadWorkload(
                        store,
                        "scan by type",
                        i -> Read.matching(Query.types("type-" + i % BenchEvents.TYPES))
                                .fromPosition(from)),
                new ReadWorkload(
                        store,
                        "scan by tag",
                        i -> Read.matching(Query.tags("tenant:" + i % 10)).fromPosition(from)));
    }

    private static List<Row> rows(Map<Workload, List<Measurement>> results) {
        double raw = median(results.values().iterator().next(), Measurement::perSecond);
        List<Row> rows = new ArrayList<>();
        results.forEach((workload, measurements) -> rows.add(new Row(
                workload.name(),
                workload.unit(),
                median(measurements, Measurement::perSecond),
                measurements.stream().mapToDouble(Measurement::perSecond).min().orElse(0),
                measurements.stream().mapToDouble(Measurement::perSecond).max().orElse(0),
                median(measurements, Measurement::p50Micros),
                median(measurements, Measurement::p99Micros),
                median(measurements, Measurement::perSecond) / raw)));
        return rows;
    }

    private static double median(List<Measurement> measurements, ToDoubleFunction<Measurement> figure) {
        double[] sorted = measurements.stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /// Opens the store and reads its last event.
    private record Reopening(StoreUri uri) implements Workload {

        @Override
        public String name() {
            return "reopen and read one event";
        }

        @Override
        public String unit() {
            return "opens/s";
        }

        @Override
        public Measurement run(Duration duration) {
            long before = System.nanoTime();
            try (EventStore store = EventStores.open(uri.toString());
                    var cursor = store.read(Read.all().backwards().limit(1))) {
                cursor.next();
                long nanos = System.nanoTime() - before;
                return new Measurement(1e9 / nanos, nanos / 1_000.0, nanos / 1_000.0);
            }
        }
    }
}
