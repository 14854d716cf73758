package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.log.index.TermHash;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Where threads hand over to each other without a lock, nothing is lost and nothing comes twice, however they
/// interleave.
///
/// The model checker runs each test many times and chooses at each access to shared memory which thread
/// goes on. A thread that parks may wake at any moment there, as the JDK allows, so a wake-up that is lost
/// does not show.
@Tag("lock-free")
class HandOverModelTest {

    private static final int INTERLEAVINGS = 300;
    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final TermHash TERMS = new TermHash(new UUID(1, 2));
    private static final Append APPEND = Append.track("orders", 17);

    /// What may be thrown by a thread under test.
    private interface Task {
        void run() throws InterruptedException;
    }

    @Test
    void who_waits_for_a_position_is_woken_when_it_is_published() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Published published = new Published();
            Thread reader = start(() -> check(published.await(1, FOR_EVER), "the position was there"));
            published.raise(1);
            published.raise(2);
            join(reader);
        });
    }

    @Test
    void who_waits_for_a_position_is_woken_when_the_store_is_closed() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Published published = new Published();
            Thread reader = start(() -> {
                try {
                    check(!published.await(0, FOR_EVER), "a position that nobody published");
                } catch (StoreClosedException expected) {
                    check(published.nextPosition() == 0, "closed while nothing was published");
                }
            });
            published.close();
            join(reader);
        });
    }

    @Test
    void every_append_that_is_put_is_taken_once() {
        PendingAppend one = pending();
        PendingAppend other = pending();
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AppendQueue queue = new AppendQueue(64 << 10);
            Thread caller = start(() -> queue.put(one));
            Thread otherCaller = start(() -> queue.put(other));
            int taken = 0;
            while (taken < 2) {
                PendingAppend next = queue.peek();
                if (next == null) {
                    queue.awaitWork(Long.MAX_VALUE);
                } else if (queue.take(next)) {
                    taken++;
                }
            }
            join(caller);
            join(otherCaller);
            check(queue.peek() == null, "nothing is left");
        });
    }

    @Test
    void an_append_that_meets_the_close_is_either_taken_or_turned_away() {
        PendingAppend append = pending();
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AppendQueue queue = new AppendQueue(64 << 10);
            AtomicInteger turnedAway = new AtomicInteger();
            Thread caller = start(() -> {
                try {
                    queue.put(append);
                } catch (StoreClosedException closed) {
                    turnedAway.incrementAndGet();
                }
            });
            Thread closer = start(queue::close);
            int taken = takeUntilDrained(queue);
            join(caller);
            join(closer);
            check(taken + turnedAway.get() == 1, "taken " + taken + ", turned away " + turnedAway.get());
        });
    }

    @Test
    void who_waits_for_an_answer_gets_it() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            PendingAppend append = PendingAppend.waitedForBy(Thread.currentThread(), APPEND, TERMS, 0);
            Thread writer = start(() -> {
                append.accept(new Appended(17, List.of(4L)));
                LockSupport.unpark(append.waiter());
            });
            check(append.await().fromPosition() == 17, "the answer of the writer");
            join(writer);
        });
    }

    /// As [LogWriter] does.
    private static int takeUntilDrained(AppendQueue queue) {
        int taken = 0;
        while (true) {
            PendingAppend next = queue.peek();
            if (next != null) {
                taken += queue.take(next) ? 1 : 0;
            } else if (!queue.isClosed()) {
                queue.awaitWork(Long.MAX_VALUE);
            } else {
                queue.drained();
                if (queue.peek() == null) {
                    return taken;
                }
            }
        }
    }

    private static PendingAppend pending() {
        return PendingAppend.waitedForBy(Thread.currentThread(), APPEND, TERMS, 0);
    }

    private static Thread start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (InterruptedException unexpected) {
                throw new AssertionError("Nobody interrupts.", unexpected);
            }
        });
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException unexpected) {
            throw new AssertionError("Nobody interrupts.", unexpected);
        }
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("Expected otherwise: " + what + ".");
        }
    }
}
