package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.reaction.Action;
import dev.everfold.eventsourcing.reaction.Input;
import dev.everfold.eventsourcing.reaction.Reacted;
import dev.everfold.eventsourcing.reaction.Reaction;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A process that works has its claim for as long as it works: another one that tries at each event never gets it.
class LeaseTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofSeconds(1);

    record State(String word) {}

    @EventType("order.placed")
    record Placed(int number) {}

    private static final EventCodec<Placed> CODEC = EventCodec.of(Placed.class);

    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints(clock);
    private final AtomicInteger lost = new AtomicInteger();

    private void tick(String consumer, Duration time) {
        clock.advance(time);
        if (checkpoints.claim(consumer, "another process", LEASE).isPresent()) {
            lost.incrementAndGet();
        }
    }

    /// A store whose every event takes so long to read.
    private EventStore slow(String consumer, Duration each) {
        return new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                return new ForwardingCursor(super.read(read)) {
                    @Override
                    public RecordedEvent next() {
                        tick(consumer, each);
                        return super.next();
                    }
                };
            }
        };
    }

    private Everfold on(EventStore of) {
        return Everfold.on(of, EverfoldOptions.defaults().withClock(clock));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_long_way_past_events_of_no_interest_loses_no_claim() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            store.append(Append.of(NewEvent.of("order-1", "$internal", "{}")));
        }
        try (Everfold everfold = on(slow("orders", Duration.ofMillis(10)))) {
            EventConsumer orders = everfold.start(Subscription.each("orders", _ -> {})
                    .checkpoints(checkpoints)
                    .options(ConsumerOptions.DEFAULTS.withLease(LEASE)));

            assertThat(orders.awaitHandled(199, SOON)).isTrue();
        }
        assertThat(lost).hasValue(0);
    }

    @Test
    void checkpoints_that_may_wait_for_longer_than_a_lease_lose_no_claim() throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            store.append(Append.of(NewEvent.of("order-1", "placed", "{}")));
        }
        try (Everfold everfold = on(store)) {
            EventConsumer orders = everfold.start(Subscription.each(
                            "orders", _ -> tick("orders", Duration.ofMillis(100)))
                    .checkpoints(checkpoints)
                    .options(ConsumerOptions.DEFAULTS.withLease(LEASE).withCheckpointEvery(Duration.ofMinutes(1))));

            assertThat(orders.awaitHandled(29, SOON)).isTrue();
        }
        assertThat(lost).hasValue(0);
    }

    @Test
    void a_reaction_that_looks_for_many_timers_loses_no_claim() throws InterruptedException {
        Reaction<Placed, State> reaction = Reaction.<Placed, State>of("alarms", CODEC, new State(""), LeaseTest::react)
                .from(StartAt.beginning())
                .checkpoints(checkpoints)
                .options(ConsumerOptions.DEFAULTS.withLease(LEASE));
        for (int i = 0; i < 30; i++) {
            store.append(Append.of(CODEC.encode("order-" + i, new Placed(i), EventMetadata.none())));
        }
        try (Everfold everfold = on(store)) {
            assertThat(everfold.start(reaction).awaitHandled(29, SOON)).isTrue();
        }

        try (Everfold everfold = on(slow("alarms", Duration.ofMillis(100)))) {
            assertThat(everfold.start(reaction).awaitHandled(29, SOON)).isTrue();
        }
        assertThat(lost).hasValue(0);
    }

    private static Reacted<State> react(State state, Input<Placed> input) {
        return input instanceof Input.Happened<Placed>
                ? Reacted.to(state, Action.timer("alarm", Duration.ofDays(1)))
                : Reacted.to(state);
    }
}
