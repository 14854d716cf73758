package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Subscriptions to streams in which nothing happens, but to one at a time: an event is appended to its stream, and the
/// time runs from before that until the event has come.
///
/// @param calls where they subscribe
/// @param store where it is appended
/// @param count how many
record IdleSubscriptions(KurrentCalls calls, EventStore store, int count) implements Workload {

    private static final long SILENCE_SECONDS_MAX = 30;
    private static final long SEED = 20_260_302;
    private static final AtomicInteger RUNS = new AtomicInteger();

    @Override
    public String name() {
        return "append and wake 1 of %,d".formatted(count);
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        String prefix = "idle-" + Integer.toString(RUNS.incrementAndGet(), Character.MAX_RADIX) + ".";
        Random random = new Random(SEED);
        BlockingQueue<String> woken = new LinkedBlockingQueue<>();
        try (KurrentCalls.Subscriptions subscriptions = calls.subscriptions()) {
            List<CompletableFuture<Void>> confirmed = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                String stream = prefix + number;
                confirmed.add(subscriptions.subscribe(stream, () -> woken.add(stream)));
            }
            for (CompletableFuture<Void> each : confirmed) {
                each.get(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            }
            return Clients.runAlone(duration, _ -> {
                String stream = prefix + random.nextInt(count);
                store.append(BenchEvents.append(stream, "idle", 1));
                String first = woken.poll(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
                if (!stream.equals(first)) {
                    throw new IllegalStateException(
                            "After an append to " + stream + ", subscription " + first + " got it.");
                }
                return 1;
            });
        }
    }
}
