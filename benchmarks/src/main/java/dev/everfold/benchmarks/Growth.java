package dev.everfold.benchmarks;

import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.cli.bench.Clients;
import dev.everfold.cli.bench.Measurement;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// What stays the same while a log grows, and what does not: `Growth STORE_URI EVENTS,EVENTS,… [SECONDS]`, for
/// example `Growth log:/tmp/growth 1000000,10000000,30000000 5`. The store must be new; it stays.
///
/// Grows a store to each number of events, with a tenth as many streams, and prints at each size: how fast
/// it was loaded, latencies of durable appends of one event (8 clients without pause, and 1,000 a second
/// whoever waits), reads of random streams of 10 events, how long it takes to open it again, and memory.
/// Start it with a small heap, `-Xmx512m`, to see that memory does not grow.
public final class Growth {

    private static final long SEED = 20_260_301;
    private static final int STREAM_EVENTS = 10;
    private static final int COHORT = 1_000;
    private static final int EVENTS_PER_APPEND = 500;
    private static final int PENDING_MAX = 64;
    private static final int CLIENTS = 8;
    private static final int PACE_PER_SECOND = 1_000;
    private static final int OPENINGS = 3;

    private final String uri;
    private final Duration duration;
    private final PrintStream out;
    private final Random random = new Random(SEED);
    private long loaded;
    private long appends;
    private long seen;

    Growth(String uri, Duration duration, PrintStream out) {
        this.uri = uri;
        this.duration = duration;
        this.out = out;
    }

    /// Runs it and prints a table in Markdown, a row for each size as soon as it is known.
    ///
    /// @param arguments a store that is new; sizes, rising, in events; seconds a measurement takes, 5 by
    ///     default
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println("usage: Growth STORE_URI EVENTS,EVENTS,... [SECONDS]");
            System.exit(2);
        }
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 5;
        new Growth(arguments[0], Duration.ofNanos((long) (seconds * 1e9)), System.out)
                .run(Arrays.stream(arguments[1].split(",", -1))
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    void run(long... sizes) throws Exception {
        out.printf(
                Locale.ROOT,
                "%d processors, Java %s, heap of %,d MiB at most; seed %d%n%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20,
                SEED);
        out.println("| events | load, events/s | 8 clients, events/s | p50 / p99 µs | 1,000 appends/s, p50 / p99 µs"
                + " | stream reads, events/s | p50 / p99 µs | reopen ms | on disk MiB | heap MiB | RSS MiB |");
        out.println("|" + " ---: |".repeat(11));
        EventStore store = EventStores.open(uri);
        try {
            if (store.nextPosition() > 0) {
                throw new IllegalArgumentException(
                        "The store has " + store.nextPosition() + " events; expected a new one. Name another.");
            }
            for (long size : sizes) {
                double loadRate = load(store, size);
                Measurement live = append(store);
                Measurement paced = new PacedAppends(PACE_PER_SECOND, duration).run(store);
                Measurement reads = read(store);
                long bytes = store.stats().bytes();
                double[] openings = new double[OPENINGS];
                for (int i = 0; i < OPENINGS; i++) {
                    store.close();
                    long before = System.nanoTime();
                    store = EventStores.open(uri);
                    last(store);
                    openings[i] = (System.nanoTime() - before) / 1e6;
                }
                Arrays.sort(openings);
                print(size, loadRate, live, paced, reads, openings[OPENINGS / 2], bytes);
            }
        } finally {
            store.close();
        }
    }

    /// Appends as fast as the store takes it; returns events a second.
    private double load(EventStore store, long size) {
        long before = System.nanoTime();
        long first = loaded;
        ArrayDeque<CompletableFuture<Appended>> pending = new ArrayDeque<>();
        List<NewEvent> events = new ArrayList<>(EVENTS_PER_APPEND);
        while (loaded < size) {
            events.add(event(loaded++));
            if (events.size() == EVENTS_PER_APPEND || loaded == size) {
                pending.add(store.appendAsync(Append.of(events)));
                events.clear();
            }
            if (pending.size() > PENDING_MAX) {
                pending.remove().join();
            }
        }
        pending.forEach(CompletableFuture::join);
        return (loaded - first) * 1e9 / (System.nanoTime() - before);
    }

    /// A thousand streams grow side by side to ten events each, then the next thousand.
    private static NewEvent event(long number) {
        long stream = number / (COHORT * STREAM_EVENTS) * COHORT + number % COHORT;
        return BenchEvents.event("order-" + stream, "customer:" + stream % 100_003, number);
    }

    private Measurement append(EventStore store) throws Exception {
        long run = appends++;
        return Clients.run(CLIENTS, 1, duration, client -> new OneEvent(store, "live-" + run + "." + client));
    }

    private static final class OneEvent implements Clients.Client {

        private final EventStore store;
        private final String name;
        private long appends;
        private Append next;

        OneEvent(EventStore store, String name) {
            this.store = store;
            this.name = name;
            this.next = make();
        }

        private Append make() {
            return Append.of(BenchEvents.event(name + "." + appends / STREAM_EVENTS, name, appends++));
        }

        @Override
        public void prepare() {
            next = make();
        }

        @Override
        public void call() {
            store.append(next);
        }
    }

    private Measurement read(EventStore store) throws Exception {
        long streams = Math.max(loaded / STREAM_EVENTS / COHORT * COHORT, 1);
        return Clients.runAlone(duration, _ -> {
            int events = 0;
            try (EventCursor cursor = store.read(Read.stream("order-" + random.nextLong(streams)))) {
                while (cursor.hasNext()) {
                    seen += BenchEvents.touch(cursor.next());
                    events++;
                }
            }
            return events;
        });
    }

    private void last(EventStore store) {
        try (EventCursor cursor = store.read(Read.all().backwards().limit(1))) {
            cursor.forEachRemaining(event -> seen += BenchEvents.touch(event));
        }
    }

    long seen() {
        return seen;
    }

    private void print(
            long size,
            double loadRate,
            Measurement live,
            Measurement paced,
            Measurement reads,
            double reopenMillis,
            long bytes)
            throws Exception {
        out.printf(
                Locale.ROOT,
                "| %,d | %,.0f | %,.0f | %,.0f / %,.0f | %,.0f / %,.0f | %,.0f | %,.0f / %,.0f | %,.0f | %,d | %,d |"
                        + " %,d |%n",
                size,
                loadRate,
                live.perSecond(),
                live.p50Micros(),
                live.p99Micros(),
                paced.p50Micros(),
                paced.p99Micros(),
                reads.perSecond(),
                reads.p50Micros(),
                reads.p99Micros(),
                reopenMillis,
                bytes >> 20,
                heapBytes() >> 20,
                residentBytes() >> 20);
        out.flush();
    }

    /// What is reachable: used after a collection.
    private static long heapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /// Memory of the process as the system counts it, mapped files included; 0 where /proc does not tell.
    private static long residentBytes() throws Exception {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return 0;
    }
}
