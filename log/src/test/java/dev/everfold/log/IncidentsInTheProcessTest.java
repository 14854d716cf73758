package dev.everfold.log;

import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.log.storage.FileStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What befell users of other stores inside of one process: interrupted threads, and memory that runs out.
@Timeout(120)
@ExtendWith(QuietLog.class)
class IncidentsInTheProcessTest {

    private static final int APPENDS = 24;

    @TempDir
    Path directory;

    /// H2 #227, #1076: a thread was interrupted while it used the database, the JDK closed the file under
    /// everybody, and nothing worked until a restart. Here an appender is interrupted at each operation that
    /// the writer makes for it.
    @Test
    void an_appender_that_is_interrupted_at_any_operation_loses_its_answer_at_most() throws Exception {
        int operations = operations();
        for (int operation = 0; operation < operations; operation++) {
            SimulatedDisk disk = new SimulatedDisk();
            Thread caller = Thread.currentThread();
            disk.before(Operation.at(operation), caller::interrupt);
            List<Append> made = new ArrayList<>();
            LogEventStore store = Stores.open(disk);
            Thread.interrupted();
            for (int number = 0; number < APPENDS; number++) {
                Append append = append(number);
                made.add(append);
                try {
                    assertThat(store.append(append).fromPosition()).isEqualTo(number);
                } catch (OutcomeUnknownException unanswered) {
                    assertThat(unanswered)
                            .hasMessage("Append " + append.id() + " was interrupted while it waited; whether the append"
                                    + " is stored is unknown. Repeat it with the same append id.");
                    assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
                    assertThat(store.append(append).fromPosition()).isEqualTo(number);
                }
                Thread.interrupted();
            }
            assertStored(store, made, "interrupted at operation " + operation);
            store.close();
            Thread.interrupted();
            assertThat(events(disk)).hasSize(APPENDS);
        }
    }

    /// The same for threads that open, read, await and close: real files, and an interruption before each call
    /// of them.
    @Test
    void a_thread_that_is_interrupted_at_any_call_of_a_file_reads_all_and_closes_no_file_of_others() {
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 60);
        }
        for (Mode mode : List.of(Mode.EXISTING, Mode.READ)) {
            int calls = 1;
            for (int call = 0; call < calls; call++) {
                InterruptingStorage storage = new InterruptingStorage(new FileStorage(directory), call);
                try (LogEventStore store = openUninterrupted(storage, mode)) {
                    assertThat(events(store)).hasSize(60);
                    assertThat(store.read(Read.matching(Query.stream("order-1")).backwards())
                                    .toList())
                            .hasSize(20);
                    assertThat(store.nextPosition()).isEqualTo(60);
                    assertThat(Thread.interrupted()).as("call " + call).isEqualTo(storage.hasInterrupted());
                    assertThat(events(store)).as("once more, undisturbed").hasSize(60);
                }
                Thread.interrupted();
                calls = Math.max(calls, storage.calls());
            }
            assertThat(calls).isGreaterThan(20);
        }
    }

    /// Opening for writing may end with an exception instead, which leaves all as it was.
    private static LogEventStore openUninterrupted(InterruptingStorage storage, Mode mode) {
        try {
            return LogEventStore.open(storage, Stores.SMALL, mode, Stores.clock());
        } catch (StoreUnavailableException interrupted) {
            assertThat(mode).isEqualTo(Mode.EXISTING);
            assertThat(interrupted)
                    .hasMessage("The store in " + storage.description()
                            + " cannot be opened: the thread was interrupted. Open it again.");
            assertThat(interrupted.retryable()).isTrue();
            assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
            LogEventStore store = LogEventStore.open(storage, Stores.SMALL, mode, Stores.clock());
            Thread.currentThread().interrupt();
            return store;
        }
    }

    @Test
    void a_thread_that_is_interrupted_while_it_awaits_a_position_gets_an_exception_and_the_store_goes_on()
            throws Exception {
        try (LogEventStore writer = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
                LogEventStore reader = LogEventStore.open(directory, Stores.SMALL, Mode.READ)) {
            for (LogEventStore store : List.of(writer, reader)) {
                CountDownLatch begun = new CountDownLatch(1);
                AtomicReference<Throwable> end = new AtomicReference<>();
                Thread waiting = Thread.ofPlatform().start(() -> {
                    begun.countDown();
                    try {
                        store.awaitPosition(1_000, Duration.ofMinutes(1));
                    } catch (InterruptedException | RuntimeException thrown) {
                        end.set(thrown);
                    }
                });
                begun.await();
                waiting.interrupt();
                waiting.join();
                assertThat(end.get()).isInstanceOf(InterruptedException.class);
            }
            Stores.appendSmall(writer, 5);
            assertThat(reader.awaitPosition(3, Duration.ofSeconds(20))).isTrue();
            assertThat(events(reader)).hasSizeGreaterThanOrEqualTo(4);
        }
    }

    /// BookKeeper #573: after an OutOfMemoryError in a thread that writes the process went on, half alive.
    @Test
    void memory_that_runs_out_at_any_operation_ends_the_writer_and_not_the_store() {
        int operations = operations();
        int ended = 0;
        for (int operation = 0; operation < operations; operation++) {
            for (Form form : Form.values()) {
                ended += runOutOfMemory(operation, form) ? 1 : 0;
            }
        }

        assertThat(ended).as("runs in which the writer met it").isGreaterThan(APPENDS);
    }

    /// @return whether the writer met the error
    private static boolean runOutOfMemory(int operation, Form form) {
        String as = "out of memory at operation " + operation + ", " + form;
        SimulatedDisk disk = new SimulatedDisk();
        disk.fail(Fault.error(Operation.at(operation), form, () -> new OutOfMemoryError("simulated")));
        List<Append> acknowledged = new ArrayList<>();
        List<Append> unknown = new ArrayList<>();
        boolean failed = false;
        try (LogEventStore store = Stores.open(disk)) {
            for (int number = 0; number < APPENDS; number++) {
                Append append = append(number);
                try {
                    store.append(append);
                    assertThat(failed)
                            .as(as + ": accepted by a store that failed")
                            .isFalse();
                    acknowledged.add(append);
                } catch (OutcomeUnknownException lost) {
                    assertThat(lost).hasRootCauseInstanceOf(OutOfMemoryError.class);
                    unknown.add(append);
                    failed = true;
                } catch (StoreUnavailableException refused) {
                    assertThat(refused)
                            .as(as)
                            .hasMessage("The store in simulated disk has failed (simulated) and takes no appends. Close"
                                    + " it and open it again.");
                    failed = true;
                }
            }
            assertStored(store, acknowledged, as);
        } catch (OutOfMemoryError atOpeningOrClosing) {
            assertThat(atOpeningOrClosing).hasMessage("simulated");
        }
        assertThat(unknown).as(as).hasSizeLessThanOrEqualTo(1);
        assertThat(disk.openFiles()).as(as + ": files that stay open").isZero();
        for (SimulatedDisk left : List.of(disk.afterPowerLoss(Survival.none()), disk)) {
            left.heal();
            try (LogEventStore again = Stores.open(left)) {
                for (Append append : unknown) {
                    Appended once = again.append(append);
                    assertThat(again.append(append)).isEqualTo(once);
                    assertThat(once.fromPosition()).isEqualTo(acknowledged.size());
                }
                List<Append> all = new ArrayList<>(acknowledged);
                all.addAll(unknown);
                assertStored(again, all, as);
            } catch (EventStoreException unexpected) {
                throw new AssertionError(as, unexpected);
            }
        }
        return failed;
    }

    private static int operations() {
        SimulatedDisk disk = new SimulatedDisk();
        try (LogEventStore store = Stores.open(disk)) {
            for (int number = 0; number < APPENDS; number++) {
                store.append(append(number));
            }
        }
        return disk.operations();
    }

    private static Append append(int number) {
        return Append.of(number % 4 == 3 ? Stores.large(number, 9_000) : event("order-" + number % 3, number));
    }

    private static void assertStored(LogEventStore store, List<Append> appends, String as) {
        assertThat(events(store).stream().map(RecordedEvent::id).toList())
                .as(as)
                .isEqualTo(appends.stream()
                        .map(append -> append.events().getFirst().id())
                        .toList());
    }
}
