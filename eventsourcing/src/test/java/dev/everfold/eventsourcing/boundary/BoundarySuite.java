package dev.everfold.eventsourcing.boundary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What the suites have in common: a fresh store for each test, and words to speak to it.
@Timeout(60)
abstract class BoundarySuite<E> {

    /// When nothing else is said.
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    final EventCodec<E> codec;
    final Function<E, String> streamOf;

    EventStore store;
    Boundary<E> boundary;

    BoundarySuite(EventCodec<E> codec, Function<E, String> streamOf) {
        this.codec = codec;
        this.streamOf = streamOf;
    }

    /// Opens an empty store of the engine under test.
    abstract EventStore openStore();

    @BeforeEach
    final void open() {
        store = openStore();
        boundary = Boundary.on(store, codec).into(streamOf).withClock(clockAt(NOON));
    }

    @AfterEach
    final void close() {
        if (store != null) {
            store.close();
        }
    }

    static Clock clockAt(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    /// The boundary at another time.
    final Boundary<E> at(Instant time) {
        return boundary.withClock(clockAt(time));
    }

    @SafeVarargs
    final void given(E... events) {
        givenAt(NOON, events);
    }

    /// Events that happened at this time.
    @SafeVarargs
    final void givenAt(Instant time, E... events) {
        List<NewEvent> stored = new ArrayList<>();
        for (E event : events) {
            stored.add(codec.encode(streamOf.apply(event), event, EventMetadata.none())
                    .occurredAt(time));
        }
        store.append(Append.of(stored));
    }

    /// All events of the log, in order.
    final List<E> log() {
        return store.read(Read.all()).toList().stream()
                .flatMap(event -> codec.decode(event).stream())
                .toList();
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static <E> void assertAccepted(Outcome<E> outcome, E... events) {
        assertThat(accepted(outcome).events()).isEqualTo(List.of(events));
    }

    static <E> Outcome.Accepted<E> accepted(Outcome<E> outcome) {
        if (outcome instanceof Outcome.Accepted<E> accepted) {
            return accepted;
        }
        throw new AssertionError("Expected to be accepted, but it was " + outcome);
    }

    static <E> void assertRejected(Outcome<E> outcome, String reason) {
        assertThat(outcome).isEqualTo(new Outcome.Rejected<E>(reason));
    }
}
