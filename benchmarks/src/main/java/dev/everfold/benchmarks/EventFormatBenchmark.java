package dev.everfold.benchmarks;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one event of 256 bytes with two tags costs: encoding, placing, checking, matching.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EventFormatBenchmark {

    private final NewEvent event = NewEvent.of("order-1234567", "order.placed", Bytes.of(new byte[110]))
            .withTags("customer:12345", "tenant:17");
    private final byte[] record = EventFormat.encode(event);
    private final RecordedEvent recorded = placed(record.clone());
    private final Predicate<RecordedEvent> byTag = Query.tags("tenant:17").predicate();

    private static RecordedEvent placed(byte[] record) {
        EventFormat.place(record, 0, new EventFormat.Place(42, 7, 1_700_000_000_000_000L));
        return RecordedEvent.view(record, 0);
    }

    /// From objects to bytes, in the caller's thread.
    @Benchmark
    public byte[] encode() {
        return EventFormat.encode(event);
    }

    /// Position, revision, recorded time and checksum, in the writer's thread.
    @Benchmark
    public byte[] place() {
        EventFormat.place(record, 0, new EventFormat.Place(42, 7, 1_700_000_000_000_000L));
        return record;
    }

    /// What every read of a record checks.
    @Benchmark
    public boolean check() {
        EventFormat.place(record, 0, new EventFormat.Place(42, 7, 1_700_000_000_000_000L));
        return EventFormat.isWhole(record, 0, record.length);
    }

    /// Comparing a query of one tag.
    @Benchmark
    public boolean match() {
        return byTag.test(recorded);
    }
}
