package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the writer's thread writes, and when.
@Timeout(30)
class LogWriterTest {

    private static final String FIRST = "log-000000000000.open";

    private final SimulatedDisk disk = new SimulatedDisk();

    @Test
    void what_waits_while_a_frame_is_synced_goes_into_one_frame() throws InterruptedException {
        try (LogEventStore store = Stores.open(disk)) {
            CountDownLatch inSync = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            disk.before(Operation.on(Kind.SYNC, FIRST), () -> {
                inSync.countDown();
                await(queued);
            });
            List<CompletableFuture<Appended>> answers = new ArrayList<>();
            answers.add(store.appendAsync(Append.of(Stores.event("order-1", 0))));
            inSync.await();
            int before = framesWritten();
            for (int number = 1; number <= 20; number++) {
                answers.add(store.appendAsync(Append.of(Stores.event("order-1", number))));
            }
            queued.countDown();

            for (int number = 0; number <= 20; number++) {
                assertThat(answers.get(number).join()).isEqualTo(new Appended(number, List.of((long) number)));
            }
            assertThat(framesWritten()).isEqualTo(before + 1);
        }
    }

    @Test
    void an_answer_is_given_only_after_the_sync_of_its_frame() {
        try (LogEventStore store = Stores.open(disk)) {
            for (int number = 0; number < 10; number++) {
                store.append(Append.of(Stores.event("order-1", number)));

                assertThat(Stores.events(disk.afterPowerLoss((change, changes) -> false)))
                        .hasSize(number + 1);
            }
        }
    }

    @Test
    void a_writer_with_nothing_to_do_proves_its_last_frame_once() throws InterruptedException {
        CountDownLatch frames = new CountDownLatch(2);
        disk.before(Operation.on(Kind.SYNC, FIRST), frames::countDown);
        try (LogEventStore store = LogEventStore.open(disk, Stores.SMALL_AND_RESTLESS, Mode.CREATE, Stores.clock())) {
            store.append(Append.of(Stores.event("order-1", 0)));

            frames.await();
            awaitIdle();
            int written = framesWritten();
            LockSupport.unpark(writer());
            awaitIdle();
            assertThat(framesWritten()).isEqualTo(written).isEqualTo(2);
        }
    }

    /// Whoever was late to wake the writer wakes it when there is nothing to do any more.
    @Test
    void a_wake_up_that_comes_late_does_not_cost_a_frame() {
        try (LogEventStore store = Stores.open(disk)) {
            store.append(Append.of(Stores.event("order-1", 0)));
            awaitIdle();

            LockSupport.unpark(writer());
            awaitIdle();

            assertThat(framesWritten()).isEqualTo(1);
        }
    }

    @Test
    void an_answer_that_refuses_writes_nothing() {
        try (LogEventStore store = Stores.open(disk)) {
            Append append = Append.of(Stores.event("order-1", 0));
            Appended first = store.append(append);
            int effects = disk.effectCount();

            assertThat(store.append(append)).isEqualTo(first);

            assertThat(disk.effectCount()).isEqualTo(effects);
        }
    }

    private int framesWritten() {
        return (int) disk.effects().stream()
                .filter(effect -> effect instanceof Effect.Written written
                        && written.name().equals(FIRST)
                        && FrameFormat.bytesAt(written.bytes(), 0) > 0)
                .count();
    }

    private static Thread writer() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("everfold-log-writer"))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitIdle() {
        int seen = 0;
        while (seen < 1_000) {
            Thread.State state = writer().getState();
            seen = state == Thread.State.TIMED_WAITING || state == Thread.State.WAITING ? seen + 1 : 0;
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
