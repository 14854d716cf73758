package dev.everfold.log;

import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.large;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Interrupting a thread harms nobody else, although the JDK closes a file when a thread is interrupted
/// in it.
@Timeout(60)
@ExtendWith(QuietLog.class)
class InterruptionTest {

    private static final int APPENDS = 150;

    @TempDir
    Path directory;

    /// Small segments, so that reads hit open and sealed ones; large events, so that they read files often.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readers_that_are_interrupted_all_the_time_harm_neither_the_writer_nor_other_readers(boolean readMode)
            throws Exception {
        try (LogEventStore writer = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
                LogEventStore store = readMode ? LogEventStore.open(directory, Stores.SMALL, Mode.READ) : writer;
                ExecutorService threads = Executors.newCachedThreadPool()) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Thread> victim = new AtomicReference<>();
            Future<Integer> interrupted = threads.submit(() -> {
                victim.set(Thread.currentThread());
                int reads = 0;
                for (; !done.get(); reads++) {
                    assertDense(events(store));
                }
                victim.set(null);
                return reads;
            });
            Future<?> interrupting = threads.submit(() -> {
                while (!done.get()) {
                    Thread reader = victim.get();
                    if (reader != null) {
                        reader.interrupt();
                    }
                    Thread.onSpinWait();
                }
            });
            Future<?> undisturbed = threads.submit(() -> {
                while (!done.get()) {
                    assertDense(events(store));
                }
            });

            for (int number = 0; number < APPENDS; number++) {
                writer.append(Append.of(number % 5 == 0 ? large(number, 6_000) : event("order-1", number)));
            }
            done.set(true);
            interrupting.get();
            undisturbed.get();

            assertThat(interrupted.get()).isPositive();
            assertThat(events(writer)).hasSize(APPENDS);
        }
    }

    @Test
    void a_thread_that_is_interrupted_before_it_reads_reads_all_and_stays_interrupted() {
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 50);
        }
        for (Mode mode : List.of(Mode.CREATE, Mode.READ)) {
            try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, mode)) {
                Thread.currentThread().interrupt();
                List<RecordedEvent> seen = events(store);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(seen).hasSize(50);
            }
        }
    }

    @Test
    void a_store_opens_and_closes_in_an_interrupted_thread() {
        Thread.currentThread().interrupt();
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE)) {
            assertThat(store.nextPosition()).isZero();
        }
        assertThat(Thread.interrupted()).isTrue();
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 20);
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();

        Thread.currentThread().interrupt();
        LogEventStore reader = LogEventStore.open(directory, Stores.SMALL, Mode.READ);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(events(reader)).hasSize(20);
        reader.close();
    }

    @Test
    void an_appender_that_is_interrupted_while_it_waits_does_not_know_and_a_repeat_tells_it() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        CountDownLatch inSync = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (LogEventStore store = Stores.open(disk);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Stores.appendSmall(store, 1);
            disk.before(Operation.on(Kind.SYNC, ".open"), () -> {
                inSync.countDown();
                try {
                    interrupted.await();
                } catch (InterruptedException unexpected) {
                    throw new IllegalStateException("the writer was interrupted", unexpected);
                }
            });
            Append append = Append.of(event("order-1", 1));
            AtomicReference<Thread> appender = new AtomicReference<>();
            Future<Boolean> first = threads.submit(() -> {
                appender.set(Thread.currentThread());
                assertThatThrownBy(() -> store.append(append))
                        .isInstanceOf(OutcomeUnknownException.class)
                        .hasMessage("Append " + append.id() + " was interrupted while it waited; whether the append is"
                                + " stored is unknown. Repeat it with the same append id.");
                return Thread.interrupted();
            });
            inSync.await();
            List<Future<Appended>> others = new ArrayList<>();
            for (int number = 2; number < 6; number++) {
                int each = number;
                others.add(threads.submit(() -> store.append(Append.of(event("order-1", each)))));
            }
            appender.get().interrupt();
            assertThat(first.get()).as("the flag is set again").isTrue();
            interrupted.countDown();

            for (Future<Appended> other : others) {
                assertThat(other.get().fromPosition()).isBetween(2L, 5L);
            }
            assertThat(store.append(append).fromPosition()).isEqualTo(1);
            assertThat(events(store)).hasSize(6);
        }
    }

    @Test
    void appenders_that_are_interrupted_all_the_time_store_each_append_once() throws Exception {
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Thread> victim = new AtomicReference<>();
            Future<?> interrupting = threads.submit(() -> {
                while (!done.get()) {
                    Thread appender = victim.get();
                    if (appender != null) {
                        appender.interrupt();
                    }
                    Thread.onSpinWait();
                }
            });
            Future<Integer> appending = threads.submit(() -> {
                victim.set(Thread.currentThread());
                int unknown = 0;
                for (int number = 0; number < 60; number++) {
                    unknown += appendUntilAnswered(store, Append.of(event("order-1", number)), number);
                }
                victim.set(null);
                return unknown;
            });

            assertThat(appending.get()).as("interrupted appends").isPositive();
            done.set(true);
            interrupting.get();
            assertThat(events(store)).hasSize(60);
        }
    }

    /// @return how often the outcome was unknown
    private static int appendUntilAnswered(LogEventStore store, Append append, long position) {
        for (int unknown = 0; ; unknown++) {
            try {
                assertThat(store.append(append).fromPosition()).isEqualTo(position);
                return unknown;
            } catch (OutcomeUnknownException interrupted) {
                Thread.interrupted();
            }
        }
    }

    private static void assertDense(List<RecordedEvent> events) {
        for (int position = 0; position < events.size(); position++) {
            assertThat(events.get(position).position()).isEqualTo(position);
        }
    }
}
