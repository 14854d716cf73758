package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.ForwardingEventStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A store behind a network is away now and then; that ends no consumer, and nothing is handled twice by it.
class StoreOutageTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final AtomicInteger failures = new AtomicInteger();
    private final Everfold everfold = Everfold.on(new ForwardingEventStore(store) {
        @Override
        public long nextPosition() {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StoreUnavailableException("The store is away.", true, null);
            }
            return super.nextPosition();
        }
    });
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private long append() {
        return store.append(Append.of(NewEvent.of("order-1", "placed", "{}"))).fromPosition();
    }

    private EventConsumer start() {
        return everfold.start(Subscription.each("orders", event -> seen.add(event.position()))
                .options(ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))));
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void a_consumer_begins_once_the_store_is_there() throws InterruptedException {
        failures.set(3);

        EventConsumer consumer = start();

        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();
        assertThat(seen).containsExactly(0L);
        assertThat(consumer.status().lastFailure().map(ConsumerStatus.Failure::message))
                .contains("StoreUnavailableException: The store is away.");
    }

    @Test
    void a_consumer_that_waits_for_events_goes_on_and_handles_none_of_them_twice() throws InterruptedException {
        EventConsumer consumer = start();
        consumer.awaitHandled(append(), SOON);

        failures.set(1);
        long last = append();

        assertThat(consumer.awaitHandled(last, SOON)).isTrue();
        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();
        assertThat(seen).containsExactly(0L, 1L, 2L);
    }

    @Test
    void how_a_consumer_does_can_be_seen_meanwhile() throws InterruptedException {
        EventConsumer consumer = start();
        consumer.awaitHandled(append(), SOON);
        consumer.pause();
        append();
        long lagBefore = consumer.status().lagEvents();

        failures.set(1);
        ConsumerStatus meanwhile = consumer.status();

        assertThat(lagBefore).isEqualTo(1);
        assertThat(meanwhile.position()).isEqualTo(1);
        assertThat(meanwhile.lagEvents()).isEqualTo(1);
    }

    @Test
    void an_event_whose_handler_needs_the_store_is_not_parked_wherever_checkpoints_are() throws InterruptedException {
        AtomicInteger left = new AtomicInteger(ConsumerOptions.DEFAULTS.triesMax() + 1);
        EventConsumer consumer = everfold.start(Subscription.each("orders", event -> {
                    if (left.getAndDecrement() > 0) {
                        throw new StoreUnavailableException("The store is away.", true, null);
                    }
                    seen.add(event.position());
                })
                .checkpoints(new InMemoryCheckpoints())
                .options(ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))));

        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();

        assertThat(consumer.parked()).isEmpty();
        assertThat(seen).containsExactly(0L);
    }
}
