package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.ScratchStores;
import java.time.Duration;

/// The yardstick of a server: one thread asks for as little as can be asked for, again and again.
///
/// @param name what it asks for
/// @param unit what is counted
/// @param call does so once
record RawCalls(String name, String unit, Runnable call) implements Workload {

    /// Commits of as many bytes as an event has, without a store.
    static RawCalls commits(ScratchStores stores) {
        byte[] bytes = new byte[BenchEvents.EVENT_BYTES];
        return new RawCalls(stores.commitName(), "commits/s", () -> stores.commit(bytes));
    }

    /// Questions where the log ends.
    static RawCalls questions(EventStore store) {
        return new RawCalls("next position", "calls/s", store::nextPosition);
    }

    @Override
    public Measurement run(Duration duration) {
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long before = begin;
        long calls = 0;
        while (before - begin < duration.toNanos()) {
            call.run();
            long now = System.nanoTime();
            latencies.record(now - before);
            before = now;
            calls++;
        }
        return Measurement.of(calls, before - begin, latencies);
    }
}
