package dev.everfold.eventsourcing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TailTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Tail tail = new Tail(store);
    private final Wakeup bell = new Wakeup();

    private void append(String type) {
        store.append(Append.of(NewEvent.of("order-1", type, "{}")));
    }

    @AfterEach
    void close() {
        tail.close();
        store.close();
    }

    @Test
    void only_those_wake_whose_event_comes() {
        Wakeup other = new Wakeup();
        try (Tail.Watch paid = tail.watch(event -> event.type().equals("paid"), 0, bell);
                Tail.Watch sent = tail.watch(event -> event.type().equals("sent"), 0, other)) {
            append("placed");
            append("paid");

            assertThat(bell.await(SOON)).isTrue();
            assertThat(other.await(SHORT)).isFalse();
            assertThat(paid.clearTo()).isLessThanOrEqualTo(1);
            assertThat(sent.clearTo()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void who_waits_for_nothing_that_came_is_told_from_where_to_read_on() throws InterruptedException {
        try (Tail.Watch watch = tail.watch(_ -> false, 0, bell)) {
            append("placed");
            append("paid");

            for (int tries = 0; watch.clearTo() < 2 && tries < 1_000; tries++) {
                bell.await(Duration.ofMillis(10));
            }

            assertThat(watch.clearTo()).isEqualTo(2);
        }
    }

    @Test
    void who_comes_late_is_rung_at_once_since_something_may_have_come() {
        try (Tail.Watch early = tail.watch(_ -> false, 0, new Wakeup())) {
            append("placed");
            while (early.clearTo() < 1) {
                Thread.onSpinWait();
            }

            try (Tail.Watch _ = tail.watch(_ -> false, 0, bell)) {
                assertThat(bell.await(SOON)).isTrue();
            }
        }
    }

    @Test
    void a_test_that_fails_wakes_its_consumer() {
        try (Tail.Watch _ = tail.watch(
                _ -> {
                    throw new IllegalStateException("no");
                },
                0,
                bell)) {
            append("placed");

            assertThat(bell.await(SOON)).isTrue();
        }
    }

    @Test
    void closing_wakes_everybody() {
        try (Tail.Watch _ = tail.watch(_ -> false, 0, bell)) {
            tail.close();

            assertThat(bell.await(SOON)).isTrue();
        }
    }

    @Test
    void who_comes_while_events_are_shown_to_others_misses_none_of_them() throws InterruptedException {
        CountDownLatch shown = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        EventStore slow = new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                return new ForwardingCursor(super.read(read)) {
                    @Override
                    public boolean hasNext() {
                        boolean more = super.hasNext();
                        if (!more) {
                            shown.countDown();
                            await(mayGoOn);
                        }
                        return more;
                    }
                };
            }
        };
        try (Tail reading = new Tail(slow);
                Tail.Watch _ = reading.watch(_ -> false, 0, new Wakeup())) {
            append("placed");
            await(shown);

            try (Tail.Watch late = reading.watch(event -> event.type().equals("placed"), 0, bell)) {
                mayGoOn.countDown();

                assertThat(bell.await(SOON)).isTrue();
                assertThat(late.clearTo()).isZero();
            }
        }
    }

    @Test
    void a_store_that_is_away_for_a_moment_wakes_everybody_once_and_is_watched_again() {
        AtomicInteger away = new AtomicInteger(1);
        EventStore failing = new ForwardingEventStore(store) {
            @Override
            public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
                if (away.getAndDecrement() > 0) {
                    throw new StoreUnavailableException("The store is away.", true, null);
                }
                return super.awaitPosition(position, timeout);
            }
        };
        try (Tail reading = new Tail(failing)) {
            try (Tail.Watch _ = reading.watch(_ -> false, 0, bell)) {
                assertThat(bell.await(SOON)).isTrue();
            }

            try (Tail.Watch _ = reading.watch(_ -> true, 0, bell)) {
                assertThat(bell.await(SHORT)).isFalse();
                append("placed");
                assertThat(bell.await(SOON)).isTrue();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
