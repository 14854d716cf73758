package dev.everfold.log;

import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.large;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What callers are told when the device fails, and what they find when they open the store again.
@Timeout(30)
@ExtendWith(QuietLog.class)
class FailureTest {

    private static final String FIRST = "log-000000000000.open";

    private final SimulatedDisk disk = new SimulatedDisk();

    @ParameterizedTest
    @CsvSource({"WRITE, LOST", "WRITE, HALF", "WRITE, KEPT", "SYNC, LOST", "SYNC, HALF", "SYNC, KEPT"})
    void who_waits_for_a_frame_that_fails_does_not_know_and_a_repeat_after_opening_again_tells(Kind kind, Form form) {
        LogEventStore store = Stores.open(disk);
        Stores.appendSmall(store, 3);
        List<RecordedEvent> before = events(store);
        Append caught = Append.of(event("order-1", 7));
        disk.fail(Fault.io(Operation.on(kind, FIRST), form));

        OutcomeUnknownException unknown =
                catchThrowableOfType(OutcomeUnknownException.class, () -> store.append(caught));
        assertThat(unknown)
                .hasMessage(
                        "The store in simulated disk failed while it wrote; whether the append is stored is unknown."
                                + " Repeat it with the same append id.")
                .hasRootCauseMessage("Input/output error");
        assertThat(unknown.stored()).isEqualTo(Stored.UNKNOWN);
        StoreUnavailableException refused = catchThrowableOfType(
                StoreUnavailableException.class, () -> store.append(Append.of(event("order-1", 8))));
        assertThat(refused)
                .hasMessage("The store in simulated disk has failed (Input/output error) and takes no appends. Close it"
                        + " and open it again.");
        assertThat(refused.stored()).isEqualTo(Stored.NO);
        assertThat(refused.retryable()).isFalse();
        assertThat(events(store)).as("reads go on").isEqualTo(before);
        assertThat(store.nextPosition()).isEqualTo(3);
        store.close();

        SimulatedDisk afterPowerLoss = disk.afterPowerLoss(Survival.none());
        for (SimulatedDisk each : List.of(disk, afterPowerLoss)) {
            try (LogEventStore again = Stores.open(each)) {
                assertThat(again.nextPosition()).isBetween(3L, 4L);
                Appended first = again.append(caught);
                assertThat(first.fromPosition()).isEqualTo(3);
                assertThat(again.append(caught)).isEqualTo(first);
                assertThat(events(again)).hasSize(4);
                assertThat(events(again).subList(0, 3)).isEqualTo(before);
            }
        }
    }

    @Test
    void appends_that_waited_behind_a_failed_frame_are_not_stored_and_their_callers_know() throws Exception {
        LogEventStore store = Stores.open(disk);
        Stores.appendSmall(store, 1);
        CountDownLatch inSync = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        disk.before(Operation.on(Kind.SYNC, FIRST), () -> {
            inSync.countDown();
            awaitUninterruptibly(queued);
        });
        disk.fail(Fault.io(Operation.on(Kind.SYNC, FIRST), Form.KEPT));

        CompletableFuture<Appended> first = store.appendAsync(Append.of(event("order-1", 1)));
        inSync.await();
        List<CompletableFuture<Appended>> behind = new ArrayList<>();
        for (int number = 2; number < 20; number++) {
            behind.add(store.appendAsync(Append.of(event("order-1", number))));
        }
        queued.countDown();

        assertThatThrownBy(first::join).hasCauseInstanceOf(OutcomeUnknownException.class);
        for (CompletableFuture<Appended> each : behind) {
            assertThatThrownBy(each::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(StoreUnavailableException.class);
        }
        store.close();
        assertThat(events(disk))
                .as("the first one was kept, none of the others stored")
                .hasSize(2);
    }

    @Test
    void a_repeat_that_shares_a_frame_with_a_failed_append_is_of_unknown_outcome_too() {
        LogEventStore store = Stores.open(disk);
        Append stored = Append.of(event("order-1", 1));
        Appended answer = store.append(stored);
        disk.fail(Fault.io(Operation.on(Kind.SYNC, FIRST), Form.LOST));
        assertThatThrownBy(() -> store.append(Append.of(event("order-1", 2))))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThatThrownBy(() -> store.append(stored)).isInstanceOf(StoreUnavailableException.class);
        store.close();

        try (LogEventStore again = Stores.open(disk)) {
            assertThat(again.append(stored)).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void an_error_that_nobody_expects_ends_the_engine_as_a_failed_write_does(Form form) {
        List<Supplier<Throwable>> errors = List.of(
                () -> new OutOfMemoryError("simulated"),
                () -> new StackOverflowError("simulated"),
                () -> new IllegalStateException("simulated"));
        for (Supplier<Throwable> error : errors) {
            SimulatedDisk other = new SimulatedDisk();
            LogEventStore store = Stores.open(other);
            Stores.appendSmall(store, 2);
            other.fail(Fault.error(Operation.on(Kind.WRITE, FIRST), form, error));

            assertThatThrownBy(() -> store.append(Append.of(event("order-1", 2))))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasRootCauseMessage("simulated");
            assertThatThrownBy(() -> store.append(Append.of(event("order-1", 3))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The store in simulated disk has failed (simulated) and takes no appends. Close it and"
                            + " open it again.");
            assertThat(events(store)).hasSize(2);
            store.close();

            assertThat(events(other)).hasSizeBetween(2, 3);
        }
    }

    @Test
    void a_full_disk_refuses_appends_keeps_reads_and_answers_repeats_until_there_is_space() {
        try (LogEventStore store = Stores.open(disk)) {
            Append first = Append.of(event("order-1", 0));
            Appended answer = store.append(first);
            disk.leaveSpace(0);
            int accepted = appendUntilFull(store);
            long full = store.nextPosition();

            StorageFullException refused = catchThrowableOfType(
                    StorageFullException.class, () -> store.append(Append.of(event("order-1", 1))));
            assertThat(refused)
                    .hasMessage("No space left for appends in simulated disk; nothing was stored. Free space there;"
                            + " appends then go on.");
            assertThat(refused.stored()).isEqualTo(Stored.NO);
            assertThat(store.append(first)).as("a repeat").isEqualTo(answer);
            assertThat(events(store)).hasSize(accepted + 1);
            assertThat(store.read(Read.matching(Query.stream("order-1"))).toList())
                    .hasSize(accepted + 1);

            disk.heal();
            assertThat(store.append(Append.of(event("order-1", 2))).fromPosition())
                    .isEqualTo(full);
        }
        assertThat(events(disk))
                .last()
                .extracting(RecordedEvent::revision)
                .isEqualTo((long) events(disk).size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"0", "100", "4096", "30000"})
    void no_space_for_a_new_segment_leaves_nothing_that_keeps_the_store_from_opening(long left) {
        SimulatedDisk unclean;
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 12);
            disk.leaveSpace(left);
            assertThatThrownBy(() -> store.append(Append.of(large(1, 20_000))))
                    .isInstanceOf(StorageFullException.class);
            // A small one still fits into the old segment, and so is stored before the new one.
            assertThat(store.append(Append.of(event("order-1", 12))).fromPosition())
                    .isEqualTo(12);
            unclean = disk.copy();
        }

        for (SimulatedDisk each : List.of(unclean, disk.afterPowerLoss(Survival.none()), disk)) {
            each.heal();
            try (LogEventStore store = Stores.open(each)) {
                assertThat(store.nextPosition()).isEqualTo(13);
                assertThat(store.append(Append.of(large(1, 20_000))).fromPosition())
                        .isEqualTo(13);
            }
            assertThat(events(each)).hasSize(14);
        }
    }

    @Test
    void a_new_segment_that_can_neither_be_finished_nor_removed_does_not_keep_the_store_from_opening() {
        SimulatedDisk unclean;
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 12);
            disk.leaveSpace(5_000);
            disk.fail(Fault.io(Operation.on(Kind.DELETE, ".open"), Form.LOST).always());
            assertThatThrownBy(() -> store.append(Append.of(large(1, 20_000))))
                    .isInstanceOf(StorageFullException.class);
            assertThat(store.append(Append.of(event("order-1", 12))).fromPosition())
                    .isEqualTo(12);
            unclean = disk.copy();
            disk.heal();
        }

        assertThat(unclean.files()).containsKey("log-000000000012.open");
        for (SimulatedDisk each : List.of(unclean, disk)) {
            assertThat(events(each)).hasSize(13);
        }
    }

    @Test
    void a_store_cannot_be_created_on_a_full_disk_and_can_be_once_there_is_space() {
        disk.leaveSpace(100);

        assertThatThrownBy(() -> Stores.open(disk))
                .isInstanceOf(StorageFullException.class)
                .hasMessage("No space left for appends in simulated disk; nothing was stored. Free space there; appends"
                        + " then go on.");
        disk.heal();

        assertThat(events(disk)).isEmpty();
    }

    @Test
    void a_store_opens_on_a_full_disk_however_it_was_left() {
        for (SimulatedDisk each : List.of(Stores.clean(5), Stores.unclean(5))) {
            each.leaveSpace(0);
            try (LogEventStore store = Stores.open(each)) {
                assertThat(events(store)).hasSize(5);
                appendUntilFull(store);
            }
            try (LogEventStore store = Stores.open(each)) {
                assertThat(events(store)).hasSizeGreaterThan(5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void an_index_run_that_cannot_be_written_costs_nothing_but_memory(Form form) {
        disk.fail(Fault.noSpace(Operation.on(Kind.WRITE, ".run.tmp"), form));
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 40);
            assertThat(store.read(Read.stream("order-1")).toList()).hasSize(13);
            assertThat(disk.files().keySet()).noneMatch(name -> name.endsWith(".run"));
            disk.heal();
            Stores.appendSmall(store, 40);
            assertThat(store.read(Read.stream("order-1")).toList()).hasSize(26);
        }

        assertThat(disk.files().keySet())
                .anyMatch(name -> name.endsWith(".run"))
                .noneMatch(name -> name.endsWith(".tmp"));
        assertThat(events(disk)).hasSize(80);
    }

    @ParameterizedTest
    @CsvSource({"CREATE", "WRITE", "SYNC", "RENAME"})
    void a_segment_that_cannot_be_sealed_stays_open_until_the_store_is_opened_again(Kind kind) {
        disk.fail(Fault.io(
                        operation ->
                                operation.kind() == kind && operation.file().contains(".log"),
                        Form.LOST)
                .always());
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 40);
            assertThat(events(store)).hasSize(40);
        }
        assertThat(disk.files()).containsKey(FIRST).doesNotContainKey("log-000000000000.log");
        disk.heal();

        assertThat(events(disk)).hasSize(40);
        // Sealing is deferred, or cut off when the store is closed, so that it may take another opening.
        assertThat(events(disk)).hasSize(40);
    }

    @Test
    void zeros_that_cannot_be_written_ahead_are_written_by_the_writer() {
        SimulatedDisk roomy = new SimulatedDisk();
        LogOptions options = Stores.SMALL.withSegmentBytes(1 << 20);
        try (LogEventStore store = LogEventStore.open(roomy, options, LogEventStore.Mode.CREATE, Stores.clock())) {
            roomy.fail(Fault.io(
                            operation -> operation.kind() == Kind.WRITE
                                    && operation.bytes() >= 8_192
                                    && operation.file().equals(FIRST)
                                    && Thread.currentThread().getName().contains("background"),
                            Form.LOST)
                    .always());
            Stores.appendSmall(store, 60);
            assertThat(events(store)).hasSize(60);
        }
        roomy.heal();
        assertThat(events(roomy)).hasSize(60);
    }

    @Test
    void a_store_whose_folder_was_moved_away_says_so(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("data");
        try (LogEventStore store = LogEventStore.open(data, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 60);
        }
        try (LogEventStore store = LogEventStore.open(data, Stores.SMALL, Mode.EXISTING)) {
            Files.move(data, folder.resolve("elsewhere"));

            assertThatThrownBy(() -> events(store))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The event at position 0 cannot be read: there is no folder \"" + data
                            + "\". Look at the disk, and try again.");
            assertThatThrownBy(() -> Stores.appendSmall(store, 60)).isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> Stores.appendSmall(store, 1))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(
                            "The store in " + data + " has failed (there is no such file) and takes no appends. Close"
                                    + " it and open it again.");
        }
    }

    @Test
    void a_store_whose_folder_was_replaced_by_another_store_writes_nothing_into_it(@TempDir Path folder)
            throws IOException {
        Path data = folder.resolve("data");
        try (LogEventStore other = LogEventStore.open(folder.resolve("other"), Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(other, 3);
        }
        Map<String, String> before = contents(folder.resolve("other"));
        try (LogEventStore store = LogEventStore.open(data, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 3);
            Files.move(data, folder.resolve("elsewhere"));
            Files.move(folder.resolve("other"), data);

            assertThatThrownBy(() -> Stores.appendSmall(store, 60)).isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> Stores.appendSmall(store, 1))
                    .hasMessage(
                            "The store in " + data + " has failed (another folder was put at its place) and takes no"
                                    + " appends. Close it and open it again.");
        }

        assertThat(contents(data)).isEqualTo(before);
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    /// As on a device that fails: pages of mapped files that were right before can no longer be read.
    @Test
    void files_of_which_mapped_pages_cannot_be_read_fail_what_needs_them_and_nothing_else(@TempDir Path folder)
            throws IOException {
        Path data = folder.resolve("data");
        try (LogEventStore store = LogEventStore.open(data, Stores.SMALL, Mode.CREATE)) {
            Stores.appendSmall(store, 200);
        }
        try (LogEventStore store = LogEventStore.open(data, Stores.SMALL, Mode.EXISTING)) {
            List<RecordedEvent> before = events(store);
            String stream = before.getFirst().stream();
            assertThat(store.read(Read.stream(stream)).toList()).isNotEmpty();
            List<String> mapped = contents(data).keySet().stream()
                    .filter(name -> name.endsWith(".log") || name.endsWith(".run"))
                    .toList();
            assertThat(mapped).anyMatch(name -> name.endsWith(".log")).anyMatch(name -> name.endsWith(".run"));
            for (String name : mapped) {
                FileChannel.open(data.resolve(name), StandardOpenOption.WRITE)
                        .truncate(0)
                        .close();
            }

            assertThatThrownBy(() -> events(store)).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> store.read(Read.stream(stream)).toList()).isInstanceOf(EventStoreException.class);
            assertThatThrownBy(store::stats).isInstanceOf(EventStoreException.class);
            assertThatThrownBy(() -> store.append(Append.of(NewEvent.of(stream, "order.placed", "{}"))))
                    .isInstanceOf(EventStoreException.class)
                    .isNotInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> LogBackup.backup(data, folder.resolve("backup"), _ -> {}))
                    .isInstanceOf(EventStoreException.class);
        }
    }

    @Test
    void an_event_that_cannot_be_read_is_said_and_can_be_read_later() {
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 3);
            disk.fail(Fault.io(Operation.on(Kind.READ, FIRST), Form.LOST));

            assertThatThrownBy(() -> events(store))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("cannot be read: Input/output error")
                    .matches(failure -> ((StoreUnavailableException) failure).retryable());

            assertThat(events(store)).hasSize(3);
            assertThat(store.append(Append.of(event("order-1", 3))).fromPosition())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_cursor_that_ran_out_of_memory_does_not_go_on_behind_the_event_that_it_could_not_read() {
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 3);
            disk.fail(Fault.error(Operation.on(Kind.READ, FIRST), Form.LOST, () -> new OutOfMemoryError("simulated")));
            try (EventCursor cursor = store.read(Read.all())) {
                for (int attempt = 0; attempt < 2; attempt++) {
                    assertThatThrownBy(cursor::next)
                            .isInstanceOf(OutOfMemoryError.class)
                            .hasMessage("simulated");
                    assertThat(cursor.nextPosition()).isZero();
                }
            }

            assertThat(events(store)).hasSize(3);
        }
    }

    @Test
    void a_store_that_failed_closes_and_ends_waits() throws InterruptedException {
        LogEventStore store = Stores.open(disk);
        Stores.appendSmall(store, 1);
        disk.fail(Fault.io(Operation.on(Kind.SYNC, FIRST), Form.LOST));
        assertThatThrownBy(() -> store.append(Append.of(event("order-1", 1))))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThat(store.awaitPosition(1, Duration.ofMillis(5))).isFalse();
        store.close();
        store.close();

        assertThat(disk.tryLock("LOCK")).as("the lock is free").isTrue();
    }

    @Test
    void a_failure_that_cannot_be_logged_is_told_to_those_who_wait_all_the_same() {
        Logger logger = Logger.getLogger("dev.everfold.log");
        Handler broken = new BrokenHandler();
        LogEventStore store = Stores.open(disk);
        Stores.appendSmall(store, 1);
        disk.fail(Fault.io(Operation.on(Kind.SYNC, FIRST), Form.LOST));
        logger.addHandler(broken);
        logger.setLevel(Level.SEVERE);
        try {
            assertThatThrownBy(() -> store.append(Append.of(event("order-1", 1))))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasRootCauseMessage("Input/output error");
            store.close();
        } finally {
            logger.setLevel(Level.OFF);
            logger.removeHandler(broken);
        }

        assertThat(disk.tryLock("LOCK")).as("the lock is free").isTrue();
    }

    private static int appendUntilFull(LogEventStore store) {
        int accepted = 0;
        while (true) {
            try {
                store.append(Append.of(event("order-1", accepted)));
                accepted++;
            } catch (StorageFullException full) {
                return accepted;
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// What an application may have put in the way of every log record.
    private static final class BrokenHandler extends Handler {

        @Override
        public void publish(LogRecord record) {
            throw new IllegalStateException("Nothing can be logged.");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
