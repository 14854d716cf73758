package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Waiting for a position, so that the event there can be read.
///
/// Leaves open: how soon after an append a waiting thread runs on; what an interruption does to a
/// thread that need not wait. Waiting while the store is closed is in [CloseConformance].
public abstract class AwaitConformance extends ConformanceSuite {

    private static final Duration LONG = Duration.ofSeconds(5);

    @Test
    void a_position_that_is_there_needs_no_waiting() throws Exception {
        append(event("order-17", "order.placed"), event("order-17", "order.paid"));

        assertThat(store.awaitPosition(0, Duration.ZERO)).isTrue();
        assertThat(store.awaitPosition(1, Duration.ZERO)).isTrue();
        assertThat(store.awaitPosition(1, Duration.ofSeconds(-1))).isTrue();
        assertThat(store.awaitPosition(1, ChronoUnit.FOREVER.getDuration())).isTrue();
    }

    @Test
    void a_position_that_does_not_come_is_told_when_the_time_is_out() throws Exception {
        append(event("order-17", "order.placed"));

        long startNanos = System.nanoTime();
        boolean came = store.awaitPosition(1, Duration.ofMillis(30));
        long waitedMillis = (System.nanoTime() - startNanos) / 1_000_000;

        assertThat(came).isFalse();
        assertThat(waitedMillis).isGreaterThanOrEqualTo(29);
        assertThat(store.awaitPosition(1, Duration.ZERO)).isFalse();
        assertThat(store.awaitPosition(1, Duration.ofSeconds(-1))).isFalse();
        assertThat(store.awaitPosition(Long.MAX_VALUE, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void a_waiting_thread_runs_on_when_its_position_is_there_and_can_read_it() throws Exception {
        FutureTask<List<RecordedEvent>> waiting = waitingThread(() -> {
            boolean came = store.awaitPosition(0, LONG);
            return came ? log() : List.of();
        });

        append(event("order-17", "order.placed"));

        assertThat(waiting.get()).extracting(RecordedEvent::type).containsExactly("order.placed");
    }

    @Test
    void a_waiting_thread_may_wait_for_ever() throws Exception {
        FutureTask<Boolean> waiting = waitingThread(() -> store.awaitPosition(0, ChronoUnit.FOREVER.getDuration()));

        append(event("order-17", "order.placed"));

        assertThat(waiting.get()).isTrue();
    }

    @Test
    void a_waiting_thread_does_not_run_on_before_its_position() throws Exception {
        FutureTask<Long> waiting = waitingThread(() -> {
            boolean came = store.awaitPosition(4, LONG);
            return came ? store.nextPosition() : -1;
        });

        for (int i = 0; i < 5; i++) {
            append(event("order-17", "step." + i));
        }

        assertThat(waiting.get()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void threads_that_wait_for_different_positions_all_run_on() throws Exception {
        List<FutureTask<List<Long>>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long position = i;
            waiting.add(waitingThread(() -> {
                boolean came = store.awaitPosition(position, LONG);
                return came ? positions(Read.all().fromPosition(position).limit(1)) : List.of();
            }));
        }

        for (int i = 0; i < 10; i++) {
            append(event("order-17", "order.placed"), event("order-18", "order.placed"));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(waiting.get(i).get()).containsExactly((long) i);
        }
    }

    @Test
    void an_asynchronous_append_wakes_too() throws Exception {
        FutureTask<Boolean> waiting = waitingThread(() -> store.awaitPosition(9, LONG));

        for (int i = 0; i < 10; i++) {
            var _ = store.appendAsync(Append.of(event("order-17", "step." + i)));
        }

        assertThat(waiting.get()).isTrue();
    }

    @Test
    void an_append_without_events_is_nothing_to_wait_for() throws Exception {
        store.append(Append.track("shop", 7));

        assertThat(store.awaitPosition(0, Duration.ofMillis(5))).isFalse();
    }

    @Test
    void a_subscription_is_a_loop_of_reading_and_waiting() throws Exception {
        FutureTask<List<String>> subscriber = waitingThread(() -> {
            List<String> seen = new ArrayList<>();
            Racers.Rounds rounds = new Racers.Rounds();
            long next = 0;
            while (seen.size() < 30 && rounds.another() && store.awaitPosition(next, LONG)) {
                for (RecordedEvent event : read(Read.all().fromPosition(next))) {
                    seen.add(event.type());
                    next = event.position() + 1;
                }
            }
            return seen;
        });

        List<String> types = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            types.add("step." + i);
            append(event("order-17", types.getLast()));
        }

        assertThat(subscriber.get()).isEqualTo(types);
    }

    @Test
    void an_interruption_ends_the_waiting() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Boolean> waiting = new FutureTask<>(() -> {
            begun.countDown();
            try {
                store.awaitPosition(0, LONG);
                return false;
            } catch (InterruptedException expected) {
                return true;
            }
        });
        Thread thread = Thread.ofVirtual().start(waiting);
        begun.await();

        thread.interrupt();

        assertThat(waiting.get()).isTrue();
    }

    /// Runs the task in a thread of its own, and returns once that thread is at work.
    private static <T> FutureTask<T> waitingThread(Callable<T> task) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<T> running = new FutureTask<>(() -> {
            begun.countDown();
            return task.call();
        });
        Thread.ofVirtual().start(running);
        begun.await();
        return running;
    }
}
