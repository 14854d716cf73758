package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pause begins when the step in work is done, or given up; a person who asks for one does not wait for more.
@Timeout(20)
class PauseTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);

    private long append() {
        return store.append(Append.of(NewEvent.of("order-1", "placed", "{}"))).fromPosition();
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void one_that_waits_for_its_claim_is_paused_at_once_and_handles_nothing_once_it_has_it()
            throws InterruptedException {
        AtomicInteger handled = new AtomicInteger();
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        Claim elsewhere = checkpoints
                .claim("orders", "another process", Duration.ofHours(1))
                .orElseThrow();
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> handled.incrementAndGet())
                .checkpoints(checkpoints)
                .options(ConsumerOptions.DEFAULTS.withLease(Duration.ofMillis(100))));
        long last = append();

        consumer.pause();
        ConsumerState waiting = consumer.status().state();
        elsewhere.close();
        while (consumer.status().state() != ConsumerState.PAUSED) {
            Thread.onSpinWait();
        }

        assertThat(waiting).isEqualTo(ConsumerState.WAITING_FOR_CLAIM);
        assertThat(handled).hasValue(0);
        consumer.resume();
        assertThat(consumer.awaitHandled(last, SOON)).isTrue();
        assertThat(handled).hasValue(1);
    }

    @Test
    void a_step_that_is_tried_again_and_again_is_given_up_until_the_consumer_goes_on() throws InterruptedException {
        Semaphore tried = new Semaphore(0);
        AtomicBoolean isAway = new AtomicBoolean(true);
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {
                    tried.release();
                    if (isAway.get()) {
                        throw new StoreUnavailableException("The store is away.", true, null);
                    }
                })
                .options(ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))));
        long last = append();
        tried.acquire(3);

        consumer.pause();
        ConsumerState paused = consumer.status().state();
        tried.drainPermits();
        isAway.set(false);
        boolean handledWhilePaused = consumer.awaitHandled(last, Duration.ofMillis(50));

        assertThat(paused).isEqualTo(ConsumerState.PAUSED);
        assertThat(handledWhilePaused).isFalse();
        assertThat(tried.availablePermits()).isZero();
        consumer.resume();
        assertThat(consumer.awaitHandled(last, SOON)).isTrue();
    }
}
