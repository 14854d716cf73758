package dev.everfold.benchmarks;

import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.cli.bench.Latencies;
import dev.everfold.cli.bench.Measurement;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// Durable appends of one event that begin at fixed times, whether or not earlier ones have ended. A latency
/// counts from the time at which the append was due, so that a stall of the store is seen by all that it
/// delays.
///
/// @param perSecond how many begin in a second
/// @param duration for how long they begin
record PacedAppends(int perSecond, Duration duration) {

    private static final long SPIN_NANOS = 20_000;

    Measurement run(EventStore store) {
        Latencies latencies = new Latencies();
        long count = Math.max(duration.toNanos() * perSecond / 1_000_000_000L, 1);
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long number = 0; number < count; number++) {
                long due = begin + number * 1_000_000_000L / perSecond;
                Append append = Append.of(BenchEvents.event("paced-" + begin + "-" + number / 10, "paced", number));
                awaitTime(due);
                threads.execute(() -> {
                    store.append(append);
                    latencies.record(System.nanoTime() - due);
                });
            }
        }
        return Measurement.of(count, System.nanoTime() - begin, latencies);
    }

    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
