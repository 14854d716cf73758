package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What was answered together is awaited together, for a part of the time that the last commit took; time stands still
/// unless a test says otherwise.
@Timeout(60)
class AppendQueueTest {

    private static final int LARGE = 1 << 20;
    private static final long MILLI = 1_000_000;

    private final AtomicLong nanos = new AtomicLong();
    private final AppendQueue queue = new AppendQueue(LARGE, nanos::get);
    private final PendingAppend first = pending();
    private final PendingAppend second = pending();
    private final PendingAppend third = pending();

    private static PendingAppend pending() {
        return PendingAppend.of(Append.of(NewEvent.of("order-1", "placed", "{}")), 0, true);
    }

    private List<PendingAppend> take() {
        return queue.take(LARGE, LARGE);
    }

    private CompletableFuture<List<PendingAppend>> taking() {
        CompletableFuture<List<PendingAppend>> taken = new CompletableFuture<>();
        Thread.startVirtualThread(() -> taken.complete(take()));
        return taken;
    }

    private void commitTwo(long commitNanos) throws InterruptedException {
        queue.put(first);
        queue.put(second);
        assertThat(take()).containsExactly(first, second);
        nanos.addAndGet(commitNanos);
    }

    @Test
    void as_many_are_taken_as_were_answered_and_waited() throws Exception {
        commitTwo(4 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();

        CompletableFuture<List<PendingAppend>> taking = taking();
        queue.put(first);
        queue.put(second);

        assertThat(taking.get()).containsExactly(third, first, second);
    }

    @Test
    void who_does_not_come_back_is_awaited_for_a_quarter_of_the_last_commit() throws Exception {
        commitTwo(4 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();
        nanos.addAndGet(MILLI - 1);
        assertThat(queue.pass()).isFalse();

        nanos.addAndGet(1);

        assertThat(take()).containsExactly(third);
    }

    @Test
    void nobody_is_awaited_for_longer_than_two_milliseconds() throws Exception {
        commitTwo(10_000 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();

        nanos.addAndGet(2 * MILLI);

        assertThat(take()).containsExactly(third);
    }

    @Test
    void the_part_is_halved_each_time_that_nobody_comes_back() throws Exception {
        commitTwo(4 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();
        nanos.addAndGet(MILLI);
        assertThat(take()).containsExactly(third);
        nanos.addAndGet(4 * MILLI);
        queue.put(first);
        queue.put(second);
        queue.answering();
        queue.done();

        nanos.addAndGet(MILLI / 2);

        assertThat(take()).containsExactly(first, second);
    }

    @Test
    void who_comes_back_before_all_is_done_is_not_awaited_once_more() throws Exception {
        commitTwo(4 * MILLI);
        queue.answering();
        queue.put(first);
        queue.done();

        CompletableFuture<List<PendingAppend>> taking = taking();
        queue.put(second);

        assertThat(taking.get()).containsExactly(first, second);
    }

    @Test
    void a_caller_alone_commits_its_own_append_at_once() {
        assertThat(queue.pass()).isTrue();
        nanos.addAndGet(4 * MILLI);
        queue.answering();
        queue.done();

        assertThat(queue.pass()).isTrue();
    }

    @Test
    void a_caller_commits_nothing_by_itself_while_others_are_awaited() throws Exception {
        commitTwo(4 * MILLI);
        queue.answering();
        queue.done();

        assertThat(queue.pass()).isFalse();

        nanos.addAndGet(MILLI);
        assertThat(queue.pass()).isTrue();
    }

    @Test
    void an_interruption_of_the_thread_that_appends_ends_its_wait_and_nothing_else() throws Exception {
        commitTwo(4 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();

        Thread.currentThread().interrupt();

        assertThat(take()).containsExactly(third);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_queue_that_is_closed_waits_for_nobody() throws Exception {
        commitTwo(4 * MILLI);
        queue.put(third);
        queue.answering();
        queue.done();

        CompletableFuture<List<PendingAppend>> taking = taking();
        queue.close();

        assertThat(taking.get()).containsExactly(third);
        queue.answering();
        queue.done();
        assertThat(take()).isEmpty();
    }
}
