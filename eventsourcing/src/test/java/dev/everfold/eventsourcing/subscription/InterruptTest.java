package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Threads that are interrupted. A handler that was, for example by something that limits its time, sets the flag of
/// its thread again, as is good style.
@Timeout(30)
class InterruptTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void a_handler_that_leaves_its_thread_interrupted_holds_up_neither_its_checkpoint_nor_the_next_event()
            throws InterruptedException {
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        try (Everfold everfold = Everfold.open("log:" + directory)) {
            EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {
                        interrupted.add(Thread.currentThread().isInterrupted());
                        Thread.currentThread().interrupt();
                    })
                    .options(ConsumerOptions.DEFAULTS.withCheckpointEvery(Duration.ZERO)));

            for (int order = 1; order <= 3; order++) {
                long position = everfold.store()
                        .append(Append.of(NewEvent.of("order-" + order, "placed", "{}")))
                        .fromPosition();
                assertThat(consumer.awaitHandled(position, SOON)).isTrue();
            }

            assertThat(consumer.status().retries()).isZero();
            assertThat(everfold.store().trackedPosition("$consumer:orders")).hasValue(3);
        }
        assertThat(interrupted).containsExactly(false, false, false);
    }

    @Test
    void an_interrupted_thread_closes_as_any_other_and_stays_interrupted() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        CompletableFuture<Boolean> isStillInterrupted = new CompletableFuture<>();
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold everfold = Everfold.on(store)) {
            EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {
                begun.release();
                mayEnd.acquireUninterruptibly();
            }));
            store.append(Append.of(NewEvent.of("order-1", "placed", "{}")));
            begun.acquire();

            Thread closing = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                consumer.close();
                isStillInterrupted.complete(Thread.currentThread().isInterrupted());
            });
            boolean hasReturned = closing.join(Duration.ofMillis(50));
            mayEnd.release();

            assertThat(hasReturned).isFalse();
            assertThat(isStillInterrupted.get()).isTrue();
            assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
            assertThat(store.trackedPosition("$consumer:orders")).hasValue(1);
        }
    }
}
