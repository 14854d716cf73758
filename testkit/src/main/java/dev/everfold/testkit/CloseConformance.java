package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Closing a store: what was accepted is drained, then everything ends with the same error.
///
/// Leaves open: lineage and limits of a closed store; how long closing takes. What is there after
/// opening again is in [RestartConformance].
public abstract class CloseConformance extends ConformanceSuite {

    private static final String CLOSED = "The store is closed; nothing was stored. Open it again.";

    @Test
    void a_closed_store_refuses_everything() {
        append(event("order-17", "order.placed"));
        store.close();

        assertClosed(() -> append(event("order-17", "order.paid")));
        assertClosed(() -> store.read(Read.all()));
        assertClosed(() -> store.read(Read.stream("order-17")));
        assertClosed(() -> store.nextPosition());
        assertClosed(() -> store.awaitPosition(0, Duration.ZERO));
        assertClosed(() -> store.awaitPosition(9, Duration.ofSeconds(5)));
        assertClosed(() -> store.trackedPosition("shop"));
        assertClosed(() -> store.stats());
    }

    @Test
    void an_asynchronous_append_to_a_closed_store_is_refused_by_its_future() {
        store.close();

        CompletableFuture<Appended> answer = store.appendAsync(Append.of(event("order-17", "order.placed")));

        assertThat(answer)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(StoreClosedException.class)
                .withMessage(CLOSED);
    }

    @Test
    void closing_more_than_once_changes_nothing() {
        store.close();
        store.close();

        assertClosed(() -> store.nextPosition());
    }

    @Test
    void open_cursors_refuse_to_move_and_still_say_where_they_were() {
        append(event("order-17", "order.placed"), event("order-17", "order.paid"), event("order-17", "order.sent"));
        EventCursor fresh = store.read(Read.all());
        EventCursor begun = store.read(Read.all());
        begun.next();
        EventCursor looking = store.read(Read.stream("order-17"));
        assertThat(looking.hasNext()).isTrue();

        store.close();

        for (EventCursor cursor : List.of(fresh, begun, looking)) {
            assertClosed(cursor::hasNext);
            assertClosed(cursor::next);
            assertThat(cursor.end()).isEqualTo(3);
        }
        assertThat(fresh.nextPosition()).isZero();
        assertThat(begun.nextPosition()).isEqualTo(1);
        fresh.close();
    }

    @Test
    void threads_that_wait_are_told() throws Exception {
        List<FutureTask<String>> waiting = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            long position = i;
            FutureTask<String> task = new FutureTask<>(() -> {
                begun.countDown();
                try {
                    return "came: " + store.awaitPosition(position, Duration.ofSeconds(5));
                } catch (StoreClosedException closed) {
                    return String.valueOf(closed.getMessage());
                }
            });
            waiting.add(task);
            Thread.ofVirtual().start(task);
        }
        begun.await();

        store.close();

        for (FutureTask<String> task : waiting) {
            assertThat(task.get()).isEqualTo(CLOSED);
        }
    }

    @Test
    void accepted_appends_are_drained() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(store.appendAsync(Append.of(event("order-" + i % 3, "order.placed"))));
        }

        store.close();

        for (int i = 0; i < 200; i++) {
            assertThat(answers.get(i)).isCompletedWithValue(new Appended(i, List.of((long) i / 3)));
        }
    }

    @Test
    void what_an_answer_sets_off_may_close_the_store() {
        CompletableFuture<Void> closed =
                store.appendAsync(Append.of(event("order-17", "order.placed"))).thenRun(store::close);

        assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
        assertClosed(() -> store.nextPosition());
    }

    @Test
    void accepted_appends_are_drained_when_the_answer_to_the_first_closes_the_store() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        answers.add(store.appendAsync(Append.of(event("order-0", "order.placed"))));
        CompletableFuture<Void> closed = answers.getFirst().thenRun(store::close);
        for (int i = 1; i < 200; i++) {
            answers.add(store.appendAsync(Append.of(event("order-" + i % 3, "order.placed"))));
        }

        assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
        long stored = 0;
        for (CompletableFuture<Appended> answer : answers) {
            try {
                assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(new Appended(stored, List.of(stored / 3)));
                stored++;
            } catch (ExecutionException refused) {
                // Since it came after the close.
                assertThat(refused).cause().isInstanceOf(StoreClosedException.class);
            } catch (InterruptedException | TimeoutException unanswered) {
                throw new AssertionError("The append after " + stored + " is not answered.", unanswered);
            }
        }
    }

    @Test
    void an_interrupted_thread_drains_what_was_accepted_and_stays_interrupted() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(store.appendAsync(Append.of(event("order-" + i % 3, "order.placed"))));
        }

        Thread.currentThread().interrupt();
        store.close();

        assertThat(Thread.interrupted()).as("whether the thread is interrupted").isTrue();
        for (int i = 0; i < 200; i++) {
            assertThat(answers.get(i))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(new Appended(i, List.of((long) i / 3)));
        }
    }

    @Test
    void each_append_that_meets_the_close_is_either_stored_and_answered_or_refused() throws Exception {
        CountDownLatch underWay = new CountDownLatch(40);

        List<List<Long>> stored =
                Racers.race(5, racer -> () -> racer == 0 ? closeAfter(underWay) : write(racer, underWay));

        assertThat(stored.stream().flatMap(Collection::stream).sorted())
                .isEqualTo(
                        LongStream.range(0, stored.stream().mapToInt(List::size).sum())
                                .boxed()
                                .toList());
    }

    @Test
    void readers_that_meet_the_close_are_told() throws Exception {
        for (int i = 0; i < 100; i++) {
            append(event("order-17", "step." + i));
        }
        CountDownLatch underWay = new CountDownLatch(4);

        List<List<Long>> sizes =
                Racers.race(5, racer -> () -> racer == 0 ? closeAfter(underWay) : readOverAndOver(racer, underWay));

        assertThat(sizes.subList(1, 5)).allSatisfy(size -> assertThat(size).containsOnly(100L));
    }

    private List<Long> closeAfter(CountDownLatch underWay) throws InterruptedException {
        underWay.await();
        store.close();
        return List.of();
    }

    /// Appends until the store is closed; returns the positions that were acknowledged.
    private List<Long> write(int writer, CountDownLatch underWay) throws InterruptedException {
        List<Long> acknowledged = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(writer);
        Racers.Rounds rounds = new Racers.Rounds();
        try {
            while (rounds.another()) {
                acknowledged.add(
                        append(event("order-" + writer, "order.placed")).fromPosition());
                underWay.countDown();
                Racers.stagger(random);
            }
        } catch (StoreClosedException closed) {
            return acknowledged;
        }
        return acknowledged;
    }

    /// Reads everything until the store is closed; returns how much there was each time.
    private List<Long> readOverAndOver(int reader, CountDownLatch underWay) throws InterruptedException {
        List<Long> sizes = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(reader);
        Racers.Rounds rounds = new Racers.Rounds();
        try {
            while (rounds.another()) {
                sizes.add((long) log().size());
                Racers.stagger(random);
                if (sizes.size() == 5) {
                    underWay.countDown();
                }
            }
        } catch (StoreClosedException closed) {
            return sizes;
        }
        return sizes;
    }

    private static void assertClosed(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(StoreClosedException.class, closed -> {
                    assertThat(closed.stored()).isEqualTo(EventStoreException.Stored.NO);
                    assertThat(closed.retryable()).isFalse();
                })
                .hasMessage(CLOSED);
    }
}
