package dev.everfold.log.index;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.index.LogIndex.Range;
import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongUnaryOperator;

/// A first look at the speed of the index, by hand: `java … IndexMeasurement [DIRECTORY]`. One
/// thread, warm caches; each number is the best of several rounds. Benchmarks proper stand in the
/// module for them.
final class IndexMeasurement {

    private static final int EVENTS = 1_000_000;
    private static final int PARTS = 4;
    private static final int ROUNDS = 5;
    private static final int LOOKUPS = 1_000_000;
    private static final long SEED = 2_026;

    private static long sink;

    private IndexMeasurement() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("index");
        FileStorage storage = new FileStorage(directory);
        List<RecordedEvent> events = events();
        measureAdding(events);
        measureConditions(storage, events);
        List<RunFile> runs = measureFlushing(storage, events);
        RunFile merged = measureMerging(storage, runs);
        measureOpening(storage, merged);
        measureLookups(RunFile.open(storage, merged.name()), events);
        System.out.println("checksum of the work: " + (sink & 1));
    }

    /// Two tags each, 100,000 streams, 40 types.
    private static List<RecordedEvent> events() {
        Random random = new Random(SEED);
        Map<String, Long> revisions = new HashMap<>();
        List<RecordedEvent> events = new ArrayList<>(EVENTS);
        for (int position = 0; position < EVENTS; position++) {
            int order = (int) (100_000 * Math.pow(random.nextDouble(), 2));
            String stream = "order-" + order;
            long revision = revisions.merge(stream, 1L, Long::sum) - 1;
            events.add(RandomLog.event(
                    position,
                    revision,
                    stream,
                    "type." + random.nextInt(40),
                    new UUID(random.nextLong(), random.nextLong()),
                    List.of("order:" + order, "customer:" + random.nextInt(30_000))));
        }
        return events;
    }

    private static Memtable memtable(List<RecordedEvent> events, int part) {
        TermHash terms = new TermHash(RandomLog.STORE);
        int from = part * (EVENTS / PARTS);
        Memtable memtable = new Memtable(
                terms,
                IndexOptions.defaults(),
                new RunFormat.Info(RandomLog.STORE, terms.probe(), from, from, from, from),
                new TypeCounts());
        for (RecordedEvent event : events.subList(from, from + EVENTS / PARTS)) {
            memtable.add(event);
        }
        memtable.endFrame(from + EVENTS / PARTS);
        return memtable;
    }

    private static void measureAdding(List<RecordedEvent> events) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 2 * ROUNDS; round++) {
            long begin = System.nanoTime();
            sink += memtable(events, round % PARTS).events();
            best = Math.min(best, System.nanoTime() - begin);
        }
        report("add an event with 2 tags", best * 1.0 / (EVENTS / PARTS), "ns");
    }

    private static void measureConditions(FileStorage storage, List<RecordedEvent> events) throws IOException {
        int count = EVENTS / PARTS;
        try (LogIndex index =
                LogIndex.open(storage, IndexOptions.defaults(), RandomLog.STORE, Long.MAX_VALUE, true, Runnable::run)) {
            events.subList(0, count).forEach(index::add);
            Query[] queries = new Query[10_000];
            IndexQuery[] prepared = new IndexQuery[queries.length];
            long[] terms = new long[queries.length];
            Random random = new Random(SEED);
            for (int i = 0; i < queries.length; i++) {
                String tag = "customer:" + random.nextInt(30_000);
                queries[i] = Query.of(new Query.Item().withTags(tag).withTypes("type.1", "type.2"));
                prepared[i] = index.prepare(queries[i]);
                terms[i] = index.terms().tag(tag);
            }
            Range range = new Range(count - 5, count);
            report(
                    "condition in the memtable, 1 tag and 2 types, prepared",
                    each(i -> index.candidates(prepared[(int) i % 10_000], range, Direction.FORWARDS, true)
                            .next()),
                    "ns");
            report(
                    "condition in the memtable, 1 tag and 2 types, not prepared",
                    each(i -> index.candidates(queries[(int) i % 10_000], range, Direction.FORWARDS, true)
                            .next()),
                    "ns");
            report(
                    "last position of a term in the memtable",
                    each(i -> index.lastPosition(terms[(int) i % 10_000], count)),
                    "ns");
        }
    }

    private static List<RunFile> measureFlushing(FileStorage storage, List<RecordedEvent> events) throws IOException {
        List<RunFile> runs = new ArrayList<>();
        double bestSeconds = Double.MAX_VALUE;
        for (int part = 0; part < PARTS; part++) {
            Memtable memtable = memtable(events, part);
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                RunWriter.write(storage, memtable, () -> {});
                bestSeconds = Math.min(bestSeconds, (System.nanoTime() - begin) / 1e9);
            }
            runs.add(RunFile.open(storage, memtable.info().name().toString()));
        }
        rates("flush", EVENTS / PARTS, runs.getFirst().layout().fileBytes(), bestSeconds);
        return runs;
    }

    private static RunFile measureMerging(FileStorage storage, List<RunFile> runs) throws IOException {
        double bestSeconds = Double.MAX_VALUE;
        RunMerge merge = new RunMerge(runs, 0, () -> {});
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            RunWriter.write(storage, merge, () -> {});
            bestSeconds = Math.min(bestSeconds, (System.nanoTime() - begin) / 1e9);
        }
        RunFile merged = RunFile.open(storage, merge.info().name().toString());
        rates("merge of 4", EVENTS, merged.layout().fileBytes(), bestSeconds);
        return merged;
    }

    private static void measureOpening(FileStorage storage, RunFile run) throws IOException {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 20 * ROUNDS; round++) {
            long begin = System.nanoTime();
            sink += RunFile.open(storage, run.name()).toFrame();
            best = Math.min(best, System.nanoTime() - begin);
        }
        report("open a run of 1 M events", best / 1e6, "ms");
    }

    private static void measureLookups(RunFile run, List<RecordedEvent> events) {
        TermHash terms = new TermHash(RandomLog.STORE);
        Random random = new Random(SEED);
        long[] ids = new long[LOOKUPS];
        long[] tags = new long[LOOKUPS];
        long[] missing = new long[LOOKUPS];
        for (int i = 0; i < LOOKUPS; i++) {
            RecordedEvent event = events.get(random.nextInt(EVENTS));
            ids[i] = terms.id(event.idMost(), event.idLeast());
            tags[i] = terms.tag("customer:" + random.nextInt(30_000));
            missing[i] = terms.tag("missing:" + i);
        }
        report("look up in a run: id that is there", each(i -> run.lastBelow(ids[(int) i], EVENTS)), "ns");
        report("look up in a run: tag that is there", each(i -> run.lastBelow(tags[(int) i], EVENTS)), "ns");
        report("look up in a run: tag that is not", each(i -> run.lastBelow(missing[(int) i], EVENTS)), "ns");
    }

    private static double each(LongUnaryOperator work) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < LOOKUPS; i++) {
                sink += work.applyAsLong(i);
            }
            best = Math.min(best, System.nanoTime() - begin);
        }
        return best * 1.0 / LOOKUPS;
    }

    private static void rates(String what, long events, long bytes, double seconds) {
        report(what, events / seconds / 1e6, "million events/s");
        report(what, bytes / seconds / (1 << 20), "MiB/s");
        report(what, bytes * 1.0 / events, "bytes an event");
    }

    private static void report(String what, double value, String unit) {
        System.out.println(String.format(Locale.ROOT, "%s: %.3g %s", what, value, unit));
    }
}
