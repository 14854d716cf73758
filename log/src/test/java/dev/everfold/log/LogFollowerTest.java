package dev.everfold.log;

import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.large;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.simulation.ForwardingStorage;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.storage.FileStorage;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Stores that are open for reading beside a writer, in directories of the file system.
@Timeout(60)
@ExtendWith(QuietLog.class)
class LogFollowerTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void a_reader_sees_an_event_once_something_after_it_proves_it_durable() {
        LogEventStore writer = writer();
        Stores.appendSmall(writer, 3);
        try (LogEventStore reader = reader()) {
            assertThat(reader.nextPosition()).isEqualTo(2);
            assertThat(events(reader)).isEqualTo(events(writer).subList(0, 2));

            Stores.appendSmall(writer, 1);
            assertThat(reader.nextPosition()).isEqualTo(3);

            List<RecordedEvent> all = events(writer);
            writer.close();
            assertThat(reader.nextPosition()).isEqualTo(4);
            assertThat(events(reader)).isEqualTo(all);
        }
    }

    @Test
    void an_idle_writer_proves_its_last_event_by_itself() throws InterruptedException {
        try (LogEventStore writer = LogEventStore.open(directory);
                LogEventStore reader = reader()) {
            Stores.appendSmall(writer, 1);

            assertThat(reader.awaitPosition(0, LONG)).isTrue();
            assertThat(events(reader)).isEqualTo(events(writer));
        }
    }

    @Test
    void a_reader_catches_up_across_segments_while_they_are_sealed() throws Exception {
        try (LogEventStore writer = writer();
                LogEventStore reader = reader();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writing = threads.submit(() -> {
                for (int number = 0; number < 300; number++) {
                    writer.append(
                            Append.of(number % 7 == 0 ? large(number, 9_000) : event("order-" + number % 5, number))
                                    .tracking("shop", number));
                }
            });
            for (long seen = 0; seen < 299; seen = reader.nextPosition()) {
                assertThat(reader.awaitPosition(seen, LONG)).isTrue();
                assertThat(events(reader)).hasSizeGreaterThan((int) seen);
            }
            writing.get();

            List<RecordedEvent> expected = events(writer).subList(0, 299);
            assertThat(events(reader)).isEqualTo(expected);
            for (Read read : List.of(
                    Read.matching(Query.category("large")),
                    Read.stream("order-3").backwards(),
                    Read.matching(Query.firstOfStream()))) {
                assertThat(reader.read(read).toList()).isEqualTo(Workload.expected(read, expected));
            }
            assertThat(reader.trackedPosition("shop")).hasValue(298);
            assertThat(segmentFiles()).anyMatch(name -> name.endsWith(".log"));
        }
    }

    @Test
    void a_reader_can_be_opened_at_any_moment_of_writing_and_sees_a_prefix() throws Exception {
        try (LogEventStore writer = writer();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writing = threads.submit(() -> {
                for (int number = 0; number < 400; number++) {
                    writer.append(Append.of(event("order-" + number % 5, number)));
                }
            });
            int opened = 0;
            while (!writing.isDone()) {
                try (LogEventStore reader = reader()) {
                    List<RecordedEvent> seen = events(reader);
                    assertThat(seen).isEqualTo(events(writer).subList(0, seen.size()));
                    opened++;
                }
            }
            writing.get();
            assertThat(opened).isPositive();
        }
    }

    @Test
    void a_cursor_of_a_reader_keeps_its_snapshot_while_segments_are_sealed() {
        try (LogEventStore writer = writer()) {
            Stores.appendSmall(writer, 31);
            try (LogEventStore reader = reader();
                    EventCursor cursor = reader.read(Read.all())) {
                assertThat(cursor.next().position()).isZero();
                Stores.appendSmall(writer, 60);
                awaitSealed();

                assertThat(cursor.toList()).isEqualTo(events(writer).subList(1, 30));
            }
        }
    }

    @Test
    void an_interrupted_reader_reads_on_though_the_segment_was_sealed_and_removed() {
        try (LogEventStore writer = writer()) {
            Stores.appendSmall(writer, 12);
            try (LogEventStore reader = reader()) {
                assertThat(events(reader)).hasSize(11);
                Stores.appendSmall(writer, 60);
                awaitSealed();

                Thread.currentThread().interrupt();
                List<RecordedEvent> seen = events(reader);

                assertThat(Thread.interrupted()).isTrue();
                assertThat(seen).isEqualTo(events(writer).subList(0, 71));
            }
        }
    }

    @Test
    void an_interrupted_reader_finds_the_next_segment_sealed_that_it_looked_into() {
        CutOffAtFrames storage = new CutOffAtFrames(new FileStorage(directory));
        try (LogEventStore writer = writer()) {
            Stores.appendSmall(writer, 12);
            try (LogEventStore reader = Stores.openForReading(storage)) {
                Stores.appendSmall(writer, 8);
                awaitSealed();
                storage.cutOff("log-000000000000.open", () -> {});
                storage.cutOff("log-000000000015.open", () -> appendAndSeal(writer));

                assertThat(events(reader)).isEqualTo(events(writer).subList(0, 79));
                assertThat(storage.everyCutOffHappened()).isTrue();
            }
        }
    }

    @Test
    void a_cursor_that_is_interrupted_reads_on_though_its_segment_was_sealed_and_removed() {
        try (LogEventStore writer = writer()) {
            for (int number = 0; number < 12; number++) {
                writer.append(Append.of(large(number, 3_000)));
            }
            try (LogEventStore reader = reader();
                    EventCursor cursor = reader.read(Read.all())) {
                assertThat(cursor.next().position()).isZero();
                Stores.appendSmall(writer, 60);
                awaitSealed();

                Thread.currentThread().interrupt();
                List<RecordedEvent> seen = cursor.toList();

                assertThat(Thread.interrupted()).isTrue();
                assertThat(seen).isEqualTo(events(writer).subList(1, 11));
            }
        }
    }

    @Test
    void a_reader_that_follows_holds_no_file_that_the_writer_has_removed() throws Exception {
        try (LogEventStore writer = writer();
                LogEventStore reader = reader()) {
            for (int round = 1; round <= 9; round++) {
                Stores.appendSmall(writer, 12);
                assertThat(reader.nextPosition()).isBetween(12L * round - 1, 12L * round);
                awaitSealed();
            }

            // The newest ones are let go of with the next segment.
            assertThat(openAndRemoved()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void a_reader_waits_until_something_comes_or_the_time_is_over() throws Exception {
        try (LogEventStore writer = writer();
                LogEventStore reader = reader();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Stores.appendSmall(writer, 2);

            assertThat(reader.awaitPosition(0, Duration.ZERO)).isTrue();
            assertThat(reader.awaitPosition(1, Duration.ofMillis(30))).isFalse();
            Future<Boolean> waiting = threads.submit(() -> reader.awaitPosition(1, LONG));
            Stores.appendSmall(writer, 1);
            assertThat(waiting.get()).isTrue();
        }
    }

    @Test
    void closing_a_reader_ends_its_waits() throws Exception {
        try (LogEventStore writer = writer();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            assertThat(writer.nextPosition()).isZero();
            LogEventStore reader = reader();
            CompletableFuture<Void> begun = new CompletableFuture<>();
            Future<Boolean> waiting = threads.submit(() -> {
                begun.complete(null);
                return reader.awaitPosition(1, LONG);
            });
            begun.get();
            reader.close();

            assertThatThrownBy(waiting::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(StoreClosedException.class);
        }
    }

    @Test
    void a_reader_takes_no_appends() {
        writer().close();
        try (LogEventStore reader = reader()) {
            assertThatThrownBy(() -> reader.append(Append.of(event("order-1", 1))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The store in " + directory
                            + " is open for reading only. Open it without mode=read to append.");
        }
    }

    @Test
    void a_reader_opens_no_more_files_the_more_often_it_looks() {
        SimulatedDisk disk = Stores.unclean(3);
        SimulatedDisk empty = Stores.unclean(0);
        for (SimulatedDisk each : List.of(disk, empty)) {
            try (LogEventStore reader = Stores.openForReading(each)) {
                reader.nextPosition();
                int before = each.openFiles();
                for (int look = 0; look < 100; look++) {
                    reader.nextPosition();
                }
                assertThat(each.openFiles()).isEqualTo(before);
            }
            assertThat(each.openFiles()).isZero();
        }
    }

    @Test
    void a_segment_that_is_made_while_a_reader_looks_at_it_is_not_taken_for_a_damaged_one() throws IOException {
        String next = "log-000000000015.open";
        SimulatedDisk written = new SimulatedDisk();
        SimulatedDisk disk;
        try (LogEventStore writer = Stores.open(written)) {
            for (int number = 0; number < 15; number++) {
                writer.append(Append.of(event("order-1", number)));
            }
            disk = written.copy();
            Stores.appendSmall(writer, 3);
        }
        try (LogEventStore reader = Stores.openForReading(disk)) {
            assertThat(reader.nextPosition()).isEqualTo(14);
            StorageFile file = disk.create(next);
            AtomicInteger reads = new AtomicInteger();
            disk.before(Operation.on(Kind.READ, next), () -> {
                if (reads.incrementAndGet() == 2) {
                    write(file, written.files().get(next));
                }
            });

            assertThat(reader.nextPosition()).isBetween(14L, 18L);
            assertThat(reads.get()).isGreaterThan(1);
            assertThat(reader.nextPosition()).isEqualTo(18);
            assertThat(events(reader)).hasSize(18);
        }
    }

    @Test
    void a_reader_that_fails_once_at_any_call_of_a_file_follows_on_afterwards() {
        int failures = 0;
        boolean failed = true;
        for (int call = 0; failed; call++) {
            SimulatedDisk disk = new SimulatedDisk();
            FailingOnce storage = new FailingOnce(disk);
            try (LogEventStore writer = Stores.open(disk)) {
                Stores.appendSmall(writer, 12);
                try (LogEventStore reader = Stores.openForReading(storage)) {
                    Stores.appendSmall(writer, 80);
                    storage.failAfter(call);
                    failed = failsToLook(reader);
                    storage.failAfter(Integer.MAX_VALUE);
                    failures += failed ? 1 : 0;

                    List<RecordedEvent> expected = events(writer).subList(0, 91);
                    assertThat(events(reader)).as("failed at call " + call).isEqualTo(expected);
                    Read read = Read.stream("order-1");
                    assertThat(reader.read(read).toList()).isEqualTo(Workload.expected(read, expected));
                }
            }
        }
        assertThat(failures).isGreaterThan(20);
    }

    private static boolean failsToLook(LogEventStore reader) {
        try {
            reader.nextPosition();
            return false;
        } catch (StoreUnavailableException failure) {
            assertThat(failure)
                    .hasMessage("The store in simulated disk cannot be read: Too many open files.")
                    .matches(StoreUnavailableException::retryable);
            return true;
        }
    }

    @Test
    void an_interrupted_reader_counts_the_bytes_of_a_segment_that_is_sealed_and_removed_meanwhile() {
        CutOffAtSizes storage = new CutOffAtSizes(new FileStorage(directory));
        try (LogEventStore writer = writer()) {
            Stores.appendSmall(writer, 12);
            try (LogEventStore reader = Stores.openForReading(storage)) {
                storage.cutOff(() -> appendAndSeal(writer));

                assertThat(reader.stats().events()).isEqualTo(11);
                assertThat(storage.everyCutOffHappened()).isTrue();
            }
        }
    }

    @Test
    void a_reader_changes_nothing() {
        SimulatedDisk disk = Stores.change(
                Stores.unclean(5), "log-000000000000.open", bytes -> Stores.fill(bytes, 30_000, 500, 0x5a));

        try (LogEventStore reader = Stores.openForReading(disk)) {
            assertThat(events(reader)).hasSize(4);
        }

        assertThat(disk.effects()).isEmpty();
    }

    private static void write(StorageFile file, byte[] bytes) {
        try {
            file.write(0, ByteBuffer.wrap(bytes));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Files of the directory that this process has open although they have no name any more.
    private List<String> openAndRemoved() throws IOException {
        List<String> found = new ArrayList<>();
        for (File handle : Path.of("/proc/self/fd").toFile().listFiles()) {
            try {
                String target = Files.readSymbolicLink(handle.toPath()).toString();
                if (target.startsWith(directory.toRealPath().toString()) && target.endsWith("(deleted)")) {
                    found.add(target);
                }
            } catch (NoSuchFileException closedMeanwhile) {
                assertThat(closedMeanwhile.getFile()).startsWith("/proc");
            }
        }
        return found;
    }

    private void appendAndSeal(LogEventStore writer) {
        Stores.appendSmall(writer, 60);
        awaitSealed();
    }

    private LogEventStore writer() {
        return LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
    }

    private LogEventStore reader() {
        return LogEventStore.open(directory, Stores.SMALL, Mode.READ);
    }

    private List<String> segmentFiles() {
        return List.of(directory.toFile().list()).stream()
                .filter(name -> name.startsWith("log-"))
                .sorted()
                .toList();
    }

    /// Waits until only the newest segment is open.
    private void awaitSealed() {
        while (segmentFiles().stream().filter(name -> !name.endsWith(".log")).count() > 1) {
            Thread.onSpinWait();
        }
    }

    /// Cuts off a read of frames, as an interruption does: then the file is opened again, which fails once
    /// the writer has sealed and removed it.
    private static final class CutOffAtFrames extends ForwardingStorage {

        private final Map<String, Runnable> meanwhile = new HashMap<>();

        CutOffAtFrames(Storage delegate) {
            super(delegate);
        }

        /// @param file whose first read of a frame from now on is cut off
        /// @param others what the writer does before
        void cutOff(String file, Runnable others) {
            meanwhile.put(file, others);
        }

        boolean everyCutOffHappened() {
            return meanwhile.isEmpty();
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return new ForwardingFile(file) {

                @Override
                public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
                    Runnable others = offset < SegmentFormat.HEADER_BYTES ? null : meanwhile.remove(name());
                    if (others != null) {
                        others.run();
                        openForReading(name()).close();
                    }
                    return super.read(offset, target, targetOffset, length);
                }
            };
        }
    }

    /// Cuts off a look at a file's length, in the same way.
    private static final class CutOffAtSizes extends ForwardingStorage {

        private @Nullable Runnable meanwhile;

        CutOffAtSizes(Storage delegate) {
            super(delegate);
        }

        /// @param others what the writer does before
        void cutOff(Runnable others) {
            meanwhile = others;
        }

        boolean everyCutOffHappened() {
            return meanwhile == null;
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return new ForwardingFile(file) {

                @Override
                public long size() throws IOException {
                    Runnable others = name().endsWith(".open") ? meanwhile : null;
                    if (others != null) {
                        meanwhile = null;
                        others.run();
                        openForReading(name()).close();
                    }
                    return super.size();
                }
            };
        }
    }

    /// Fails at one call of a storage or of a file.
    private static final class FailingOnce extends CountedStorage {

        private int callsLeft = Integer.MAX_VALUE;

        FailingOnce(Storage delegate) {
            super(delegate);
        }

        /// @param calls that succeed before the one that fails
        void failAfter(int calls) {
            callsLeft = calls;
        }

        @Override
        void count() throws IOException {
            if (callsLeft-- == 0) {
                throw new IOException("Too many open files");
            }
        }
    }
}
