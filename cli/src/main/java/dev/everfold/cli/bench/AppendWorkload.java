package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients on virtual threads; each appends to streams of its own and waits until its append is durable.
final class AppendWorkload implements Workload {

    private static final int APPENDS_A_STREAM = 20;
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final EventStore store;
    private final int clients;
    private final int eventsPerAppend;
    private final boolean conditional;

    AppendWorkload(EventStore store, int clients, int eventsPerAppend, boolean conditional) {
        this.store = store;
        this.clients = clients;
        this.eventsPerAppend = eventsPerAppend;
        this.conditional = conditional;
    }

    @Override
    public String name() {
        return (conditional ? "conditional " : "") + "append " + clients + " × " + eventsPerAppend;
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        Latencies latencies = new Latencies();
        int run = RUNS.incrementAndGet();
        long begin = System.nanoTime();
        long deadline = begin + duration.toNanos();
        long appends = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> results = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                String name = run + "." + client;
                results.add(threads.submit(() -> appendUntil(deadline, name, latencies)));
            }
            for (Future<Long> result : results) {
                appends += result.get();
            }
        }
        return Measurement.of(appends * eventsPerAppend, System.nanoTime() - begin, latencies);
    }

    private long appendUntil(long deadline, String client, Latencies latencies) {
        String tag = "client:" + client;
        long appends = 0;
        long seen = store.nextPosition();
        while (System.nanoTime() < deadline) {
            String stream = "bench-" + client + "-" + appends / APPENDS_A_STREAM;
            Append append = Append.of(BenchEvents.events(stream, tag, eventsPerAppend));
            long before = System.nanoTime();
            Appended appended = store.append(conditional ? append.unless(Query.tags(tag), seen) : append);
            latencies.record(System.nanoTime() - before);
            seen = appended.toPosition();
            appends++;
        }
        return appends;
    }
}
