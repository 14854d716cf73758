package dev.everfold.cli.bench;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
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
    public Measurement run(Duration duration) {
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long now = begin;
        long events = 0;
        for (int repetition = 0; now - begin < duration.toNanos(); repetition++) {
            long before = now;
            try (EventCursor cursor = store.read(reads.apply(repetition))) {
                while (cursor.hasNext()) {
                    seen += touch(cursor.next());
                    events++;
                }
            }
            now = System.nanoTime();
            latencies.record(now - before);
        }
        return Measurement.of(events, now - begin, latencies);
    }

    long seen() {
        return seen;
    }

    private static long touch(RecordedEvent event) {
        Bytes data = event.data();
        long sum = event.position()
                + event.revision()
                + event.recordedMicros()
                + event.occurred().map(Object::hashCode).orElse(0)
                + event.id().hashCode()
                + event.stream().length()
                + event.type().length()
                + event.contentType().length()
                + event.metadata().length()
                + data.length()
                + (data.isEmpty() ? 0 : data.at(data.length() - 1));
        for (String tag : event.tags()) {
            sum += tag.length();
        }
        return sum;
    }
}
