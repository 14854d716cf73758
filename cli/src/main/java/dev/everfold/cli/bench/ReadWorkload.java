package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import java.time.Duration;
import java.util.function.IntFunction;

/// One reader that repeats reads and looks at every field of every event.
final class ReadWorkload implements Workload {

    private final EventStore store;
    private final String name;
    private final IntFunction<Read> reads;

    /// Keeps the reading from being optimised away.
    private long seen;

    /// @param reads the read of each repetition, by its number
    ReadWorkload(EventStore store, String name, IntFunction<Read> reads) {
        this.store = store;
        this.name = name;
        this.reads = reads;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        return Clients.runAlone(duration, repetition -> {
            int events = 0;
            try (EventCursor cursor = store.read(reads.apply(repetition))) {
                while (cursor.hasNext()) {
                    seen += BenchEvents.touch(cursor.next());
                    events++;
                }
            }
            return events;
        });
    }

    long seen() {
        return seen;
    }
}
