package dev.everfold.cli.bench;

import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients of KurrentDB's protocol that append one event at a time to streams of their own, as [AppendWorkload] does by
/// ours.
///
/// @param method how it is done
/// @param clients how many
/// @param appends does it
record KurrentAppends(String method, int clients, Appends appends) implements Workload {

    /// Its events hold as many bytes as those by our protocol, whose tag this stands for.
    private static final String TAG = "kurrent";

    private static final AtomicInteger RUNS = new AtomicInteger();

    /// Appends an event and returns when that is durable.
    @FunctionalInterface
    interface Appends {

        void append(NewEvent event) throws Exception;
    }

    @Override
    public String name() {
        return "%s, %4d ×   1".formatted(method, clients);
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        String run = "kurrent-" + Integer.toString(RUNS.incrementAndGet(), Character.MAX_RADIX) + ".";
        return Clients.run(clients, 1, duration, client -> new Appender(run + client + "-"));
    }

    private final class Appender implements Clients.Client {

        private final String prefix;
        private long count;
        private NewEvent next;

        Appender(String prefix) {
            this.prefix = prefix;
            this.next = BenchEvents.event(prefix, TAG, 0);
        }

        @Override
        public void prepare() {
            next = BenchEvents.event(prefix + count / AppendWorkload.APPENDS_A_STREAM, TAG, count);
            count++;
        }

        @Override
        public void call() throws Exception {
            appends.append(next);
        }
    }
}
