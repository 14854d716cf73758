package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.log.index.TermHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AppendQueueTest {

    private static final int BYTES_MAX = 64 << 10;
    private static final TermHash TERMS = new TermHash(new UUID(1, 2));

    @Test
    void appends_are_taken_in_the_order_in_which_they_were_put() throws InterruptedException {
        AppendQueue queue = new AppendQueue(BYTES_MAX);
        List<PendingAppend> appends = List.of(append(1), append(1), append(1));
        for (PendingAppend append : appends) {
            queue.put(append);
        }

        for (PendingAppend append : appends) {
            assertThat(queue.peek()).isSameAs(append);
            assertThat(queue.take(append)).isTrue();
        }
        assertThat(queue.peek()).isNull();
    }

    @Test
    void who_finds_the_queue_full_waits_until_there_is_room() throws Exception {
        AppendQueue queue = new AppendQueue(BYTES_MAX);
        PendingAppend large = append(BYTES_MAX);
        queue.put(large);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> waiting = threads.submit(() -> put(queue, append(10)));
            assertThat(waiting.isDone()).isFalse();

            assertThat(queue.take(large)).isTrue();

            waiting.get();
            assertThat(queue.peek()).isNotNull();
        }
    }

    @Test
    void an_append_that_is_larger_than_the_queue_fits_in_alone() throws InterruptedException {
        AppendQueue queue = new AppendQueue(BYTES_MAX);
        PendingAppend huge = append(3 * BYTES_MAX);

        queue.put(huge);
        assertThat(queue.take(huge)).isTrue();
        queue.put(append(1));

        assertThat(queue.peek()).isNotNull();
    }

    @Test
    void who_is_interrupted_while_the_queue_is_full_is_not_in_it() throws Exception {
        AppendQueue queue = new AppendQueue(BYTES_MAX);
        PendingAppend large = append(BYTES_MAX);
        queue.put(large);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                queue.put(append(10));
                thrown.complete(null);
            } catch (InterruptedException interrupted) {
                thrown.complete(interrupted);
            }
        });
        waiting.start();
        waiting.interrupt();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(queue.take(large)).isTrue();
        assertThat(queue.peek()).isNull();
        queue.put(append(BYTES_MAX)); // all the room is there again
    }

    @Test
    void a_closed_queue_turns_everyone_away_those_who_wait_for_room_too() throws Exception {
        AppendQueue queue = new AppendQueue(BYTES_MAX);
        PendingAppend large = append(BYTES_MAX);
        queue.put(large);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> waiting = threads.submit(() -> put(queue, append(10)));
            queue.close();
            assertThat(queue.take(large)).isTrue();

            assertThatThrownBy(() -> queue.put(append(1))).isInstanceOf(StoreClosedException.class);
            assertThatThrownBy(waiting::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(StoreClosedException.class);
        }
        assertThat(queue.peek()).isNull();
    }

    /// However closing and putting meet: an append is taken once, or its caller is turned away, never
    /// both and never neither.
    @Test
    void of_appends_that_race_with_closing_each_is_either_taken_or_turned_away() throws Exception {
        int putters = 3;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int round = 0; round < 400; round++) {
                AppendQueue queue = new AppendQueue(BYTES_MAX);
                Phaser start = new Phaser(putters + 2);
                Set<PendingAppend> accepted = ConcurrentHashMap.newKeySet();
                List<Future<?>> putting = new ArrayList<>();
                for (int putter = 0; putter < putters; putter++) {
                    putting.add(threads.submit(() -> putUntilClosed(queue, start, accepted)));
                }
                Future<Set<PendingAppend>> writer = threads.submit(() -> takeAll(queue, start));
                int delay = round % 50;
                start.arriveAndAwaitAdvance();
                for (int i = 0; i < delay; i++) {
                    Thread.onSpinWait();
                }
                queue.close();

                Set<PendingAppend> taken = writer.get();
                for (Future<?> each : putting) {
                    each.get();
                }
                assertThat(taken).as("round %s", round).isEqualTo(accepted);
                assertThat(queue.peek()).isNull();
            }
        }
    }

    private static void putUntilClosed(AppendQueue queue, Phaser start, Set<PendingAppend> accepted) {
        start.arriveAndAwaitAdvance();
        try {
            while (true) {
                PendingAppend append = append(10);
                put(queue, append);
                accepted.add(append);
            }
        } catch (StoreClosedException closed) {
            assertThat(queue.isClosed()).isTrue();
        }
    }

    /// As the writer does it.
    private static Set<PendingAppend> takeAll(AppendQueue queue, Phaser start) {
        Set<PendingAppend> taken = ConcurrentHashMap.newKeySet();
        start.arriveAndAwaitAdvance();
        while (true) {
            PendingAppend next = queue.peek();
            if (next != null) {
                if (queue.take(next)) {
                    assertThat(taken.add(next)).isTrue();
                }
            } else if (queue.isClosed()) {
                queue.drained();
                if (queue.peek() == null) {
                    return taken;
                }
            } else {
                queue.awaitWork(1_000_000);
            }
        }
    }

    private static void put(AppendQueue queue, PendingAppend append) {
        try {
            queue.put(append);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static PendingAppend append(int bytes) {
        Append append = Append.of(NewEvent.of("order-1", "placed", "x".repeat(bytes)));
        return PendingAppend.waitedForBy(Thread.currentThread(), append, TERMS, 0);
    }
}
