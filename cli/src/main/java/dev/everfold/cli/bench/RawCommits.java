package dev.everfold.cli.bench;

import dev.everfold.eventstore.ScratchStores;
import java.time.Duration;

/// The yardstick of a server: one thread commits as many bytes as an event has, without a store.
record RawCommits(ScratchStores stores) implements Workload {

    @Override
    public String name() {
        return stores.commitName();
    }

    @Override
    public String unit() {
        return "commits/s";
    }

    @Override
    public Measurement run(Duration duration) {
        byte[] bytes = new byte[BenchEvents.EVENT_BYTES];
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long before = begin;
        long commits = 0;
        while (before - begin < duration.toNanos()) {
            stores.commit(bytes);
            long now = System.nanoTime();
            latencies.record(now - before);
            before = now;
            commits++;
        }
        return Measurement.of(commits, before - begin, latencies);
    }
}
