package dev.everfold.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// Many clients that call at once, each on a virtual thread of its own and each waiting for its answer
/// before it calls again.
public final class Clients {

    private Clients() {}

    /// One of them; used by one thread.
    public interface Client {

        /// Makes what the next call is going to send; counts for the rate and not for the latency.
        void prepare();

        /// Calls and waits for the answer.
        void call() throws Exception;
    }

    /// Runs them for about so long.
    ///
    /// @param clients how many
    /// @param eventsPerCall how many events each call counts as
    /// @param factory makes a client of its number, from 0
    public static Measurement run(int clients, int eventsPerCall, Duration duration, IntFunction<Client> factory)
            throws Exception {
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long calls = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> results = new ArrayList<>();
            for (int number = 0; number < clients; number++) {
                Client client = factory.apply(number);
                results.add(threads.submit(() -> callUntil(begin + duration.toNanos(), client, latencies)));
            }
            for (Future<Long> result : results) {
                calls += result.get();
            }
        }
        return Measurement.of(calls * eventsPerCall, System.nanoTime() - begin, latencies);
    }

    /// Something that one thread does again and again.
    @FunctionalInterface
    public interface Step {

        /// Does it once.
        ///
        /// @param repetition how often it was done before
        /// @return how many events it counts as
        int run(int repetition) throws Exception;
    }

    /// Repeats a step in this thread for about so long, once at least.
    public static Measurement runAlone(Duration duration, Step step) throws Exception {
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long now = begin;
        long events = 0;
        int repetition = 0;
        do {
            long before = now;
            events += step.run(repetition++);
            now = System.nanoTime();
            latencies.record(now - before);
        } while (now - begin < duration.toNanos());
        return Measurement.of(events, now - begin, latencies);
    }

    private static long callUntil(long deadline, Client client, Latencies latencies) throws Exception {
        long calls = 0;
        do {
            client.prepare();
            long before = System.nanoTime();
            client.call();
            latencies.record(System.nanoTime() - before);
            calls++;
        } while (System.nanoTime() < deadline);
        return calls;
    }
}
