package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process dies at each of its steps in turn, and another one goes on.
class ConsumerCrashTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int EVENTS = 12;
    private static final int POISON = 5;

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");

    private void appendAll() {
        for (int i = 0; i < EVENTS; i++) {
            store.append(Append.of(NewEvent.of("order-" + i % 3, "placed", "{}")));
        }
    }

    private Everfold process() {
        return Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    }

    private static Subscription subscription(CheckpointStore checkpoints, List<Long> seen) {
        return Subscription.each("orders", event -> {
                    if (event.position() == POISON) {
                        throw new IllegalArgumentException("poison");
                    }
                    seen.add(event.position());
                })
                .checkpoints(checkpoints)
                .options(ConsumerOptions.DEFAULTS
                        .withCheckpointEvery(Duration.ZERO)
                        .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                        .onFailure(2, FailurePolicy.PARK));
    }

    @ParameterizedTest
    @EnumSource
    void every_event_is_handled_in_order_or_parked_whenever_the_process_dies(DyingCheckpoints.Fault fault)
            throws InterruptedException {
        appendAll();
        int died = 0;
        for (int step = 1; ; step++) {
            InMemoryCheckpoints kept = new InMemoryCheckpoints(clock);
            List<Long> seen = Collections.synchronizedList(new ArrayList<>());

            boolean dead = runUntilDeath(new DyingCheckpoints(kept, step, fault), seen);
            clock.advance(Duration.ofMinutes(1));
            List<ParkedEvent> parked = runToTheEnd(kept, seen);

            assertThat(seen.stream().distinct().sorted())
                    .as("died at step %d, %s", step, fault)
                    .containsExactly(0L, 1L, 2L, 3L, 4L, 6L, 7L, 9L, 10L);
            assertThat(parked).extracting(ParkedEvent::position).containsExactly(5L, 8L, 11L);
            // One event at most is seen twice: the one whose checkpoint was lost.
            assertThat(seen).hasSizeLessThanOrEqualTo(10);
            if (!dead) {
                break;
            }
            died++;
        }
        assertThat(died).isGreaterThanOrEqualTo(EVENTS);
    }

    private boolean runUntilDeath(DyingCheckpoints checkpoints, List<Long> seen) throws InterruptedException {
        try (Everfold everfold = process()) {
            EventConsumer consumer = everfold.start(subscription(checkpoints, seen));
            while (!checkpoints.isDead() && !consumer.awaitCaughtUp(Duration.ofMillis(2))) {
                // Either of both comes.
            }
        }
        return checkpoints.isDead();
    }

    private List<ParkedEvent> runToTheEnd(CheckpointStore checkpoints, List<Long> seen) throws InterruptedException {
        try (Everfold everfold = process()) {
            EventConsumer consumer = everfold.start(subscription(checkpoints, seen));
            assertThat(consumer.awaitCaughtUp(SOON)).isTrue();
            return consumer.parked();
        }
    }
}
