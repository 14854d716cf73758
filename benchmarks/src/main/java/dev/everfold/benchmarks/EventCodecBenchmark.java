package dev.everfold.benchmarks;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.codec.Upcaster;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one typed event costs, in one thread: a small one of two fields and one of seven, there and back.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EventCodecBenchmark {

    /// Events of an account.
    sealed interface AccountEvent {
        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}

        @EventType(value = "account.opened", version = 3)
        record Opened(
                UUID account,
                String holder,
                String currency,
                Instant at,
                BigDecimal limit,
                List<String> labels,
                boolean business)
                implements AccountEvent {}
    }

    private final EventCodec<AccountEvent> codec = EventCodec.builder(AccountEvent.class)
            .upcaster(Upcaster.from("account.opened", 1).rename("owner", "holder"))
            .upcaster(Upcaster.from("account.opened", 2).add("currency", "EUR"))
            .build();

    private final AccountEvent.Deposited deposited = new AccountEvent.Deposited("42", 500);
    private final EventMetadata metadata = EventMetadata.none()
            .withCorrelation(new UUID(1, 2))
            .withCausation(new UUID(3, 4))
            .withActor("alice");
    private final RecordedEvent small = recorded(codec.encode("account-42", deposited, EventMetadata.none()));
    private final RecordedEvent smallWithMetadata = recorded(codec.encode("account-42", deposited, metadata));
    private final RecordedEvent large = recorded(codec.encode(
            "account-42",
            new AccountEvent.Opened(
                    new UUID(1, 2),
                    "alice",
                    "EUR",
                    Instant.ofEpochSecond(1_770_000_000),
                    new BigDecimal("1000.00"),
                    List.of("vip", "early"),
                    false),
            metadata));
    private final RecordedEvent old = recorded(NewEvent.of("account-42", "account.opened", """
            {"account":"00000000-0000-0001-0000-000000000002","owner":"alice","at":"2026-02-02T02:40:00Z",\
            "limit":1000.00,"labels":["vip","early"],"business":false}"""));

    private static RecordedEvent recorded(NewEvent event) {
        byte[] record = EventFormat.encode(event);
        EventFormat.place(record, 0, new EventFormat.Place(42, 7, 1_700_000_000_000_000L));
        return RecordedEvent.view(record, 0);
    }

    /// Two fields, no metadata.
    @Benchmark
    public Object decodeSmall() {
        return codec.decode(small);
    }

    /// Two fields; metadata of which only the version is asked for.
    @Benchmark
    public Object decodeSmallWithMetadata() {
        return codec.decode(smallWithMetadata);
    }

    /// Seven fields, with an id, a time and a decimal.
    @Benchmark
    public Object decodeLarge() {
        return codec.decode(large);
    }

    /// Seven fields, through two upcasters.
    @Benchmark
    public Object decodeOld() {
        return codec.decode(old);
    }

    /// Who, why, caused by what.
    @Benchmark
    public Object metadata() {
        return EventMetadata.of(smallWithMetadata);
    }

    /// Two fields and metadata, to an event that can be appended.
    @Benchmark
    public Object encodeSmall() {
        return codec.encode("account-42", deposited, metadata);
    }
}
