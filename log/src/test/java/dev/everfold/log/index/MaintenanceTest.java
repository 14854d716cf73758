package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.log.index.LogIndex.Range;
import dev.everfold.log.storage.FileStorage;
import dev.everfold.log.storage.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<IOException> failures = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /// Memtables of 100 events; 2 may wait, when failing 4.
    private final IndexOptions options = withRetryMillis(5);

    @TempDir
    Path directory;

    private ScriptedStorage storage;

    @BeforeEach
    void makeStorage() {
        storage = new ScriptedStorage(new FileStorage(directory));
    }

    @AfterEach
    void endThreads() {
        if (storage.syncs.availablePermits() == 0) {
            storage.syncs.release(1_000_000);
        }
        threads.close();
    }

    @Test
    void a_file_is_synced_before_it_gets_its_name_and_the_directory_before_anything_else_happens() throws IOException {
        RandomLog log = new RandomLog(31, 110);
        try (LogIndex index = open(log, Runnable::run)) {
            log.addTo(index);

            String name = new RunFormat.Name(0, index.toFrame()).toString();
            assertThat(index.runs()).isEqualTo(1);
            assertThat(storage.calls)
                    .containsExactly(
                            "create " + name + ".tmp",
                            "sync " + name + ".tmp",
                            "rename " + name + ".tmp",
                            "syncDirectory");
        }
    }

    @Test
    void merged_runs_are_deleted_after_the_directory_is_synced() throws IOException {
        RandomLog log = new RandomLog(32, 1_000);
        try (LogIndex index = open(log, Runnable::run)) {
            log.addTo(index);

            assertThat(index.runs()).isLessThan(8);
            int firstDelete = indexOf("delete index");
            assertThat(storage.calls.get(firstDelete - 1)).isEqualTo("syncDirectory");
            assertThat(storage.calls.get(firstDelete - 2)).startsWith("rename index-00000000000000000000-");
            assertThat(storage.list()).hasSize(index.runs());
        }
    }

    @Test
    void the_adding_thread_waits_while_three_memtables_wait_and_readers_do_not() throws Exception {
        storage.syncs = new Semaphore(0);
        RandomLog log = new RandomLog(33, 1_000);
        try (LogIndex index = open(log, threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);
            storage.waiting.await();
            awaitPosition(index, 3 * 100);

            assertThat(adding).isNotDone();
            assertThat(index.nextPosition()).isLessThan(600);
            Range seen = new Range(0, 300);
            assertThat(RandomLog.all(index.candidates(Query.types("type.1"), seen, Direction.FORWARDS, true)))
                    .isEqualTo(log.matches(Query.types("type.1"), seen, Direction.FORWARDS));

            storage.syncs.release(1_000);

            assertThat(adding).succeedsWithin(SOON);
            assertThat(index.nextPosition()).isEqualTo(log.events.size());
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void stopping_frees_a_thread_that_waits() throws Exception {
        storage.syncs = new Semaphore(0);
        RandomLog log = new RandomLog(34, 1_000);
        LogIndex index = open(log, threads);
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);
        storage.waiting.await();

        index.stopWaiting();

        assertThat(adding).succeedsWithin(SOON);
        storage.syncs.release(1_000);
        index.flush(log.frames.size());
        assertThat(index.toPosition()).isEqualTo(log.events.size());
        index.close();
    }

    @Test
    void interrupting_frees_a_thread_that_waits() throws Exception {
        storage.syncs = new Semaphore(0);
        RandomLog log = new RandomLog(35, 1_000);
        LogIndex index = open(log, threads);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread adding = Thread.ofVirtual().start(() -> {
            log.addTo(index);
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        storage.waiting.await();

        adding.interrupt();

        assertThat(interrupted).succeedsWithin(SOON).isEqualTo(true);
        storage.syncs.release(1_000);
        index.close();
    }

    @Test
    void on_a_full_disk_memtables_stay_in_memory_and_are_written_when_there_is_room_again() throws IOException {
        storage.failWrite = noSpace();
        RandomLog log = new RandomLog(36, 1_000);
        try (LogIndex index = open(log, Runnable::run)) {
            int frame = addUntil(log, index, 0, 450);
            assertThat(index.runs()).isZero();
            assertThat(storage.list()).isEmpty();
            assertMatches(log, index, frame);

            storage.failWrite = null;
            for (; frame < log.frames.size(); frame++) {
                log.add(index, frame);
            }

            assertThat(index.toPosition()).isGreaterThan(900);
            assertMatches(log, index, frame);
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void beyond_four_memtables_the_adding_thread_waits_until_the_index_is_stopped() throws Exception {
        storage.failWrite = noSpace();
        RandomLog log = new RandomLog(37, 1_000);
        try (LogIndex index = open(log, withRetryMillis(600_000), threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);
            awaitPosition(index, 500);
            assertThat(index.nextPosition()).isLessThan(800);
            assertThat(adding).isNotDone();

            index.stopWaiting();

            assertThat(adding).succeedsWithin(SOON);
            assertMatches(log, index, log.frames.size());
        }
    }

    @Test
    void while_the_adding_thread_waits_writing_is_tried_again() throws Exception {
        storage.failWrite = noSpace();
        RandomLog log = new RandomLog(43, 1_000);
        try (LogIndex index = open(log, withRetryMillis(500), threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);
            awaitPosition(index, 500);

            storage.failWrite = null;

            assertThat(adding).succeedsWithin(SOON);
            assertThat(index.toPosition()).isGreaterThan(500);
            assertMatches(log, index, log.frames.size());
        }
    }

    @Test
    void when_writing_keeps_failing_the_adding_thread_goes_on_after_five_attempts() throws Exception {
        storage.failWrite = noSpace();
        RandomLog log = new RandomLog(44, 1_000);
        try (LogIndex index = open(log, withRetryMillis(1), threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);

            assertThat(adding).succeedsWithin(SOON);
            assertThat(index.runs()).isZero();
            assertMatches(log, index, log.frames.size());

            storage.failWrite = null;
            index.flush(log.frames.size());

            assertThat(index.toPosition()).isEqualTo(log.events.size());
        }
    }

    @Test
    void when_memory_runs_out_while_writing_the_adding_thread_goes_on_after_five_attempts_too() throws Exception {
        storage.outOfMemory = new OutOfMemoryError("simulated");
        RandomLog log = new RandomLog(47, 1_000);
        try (LogIndex index = open(log, withRetryMillis(1), threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);

            assertThat(adding).succeedsWithin(SOON);
            assertThat(index.runs()).isZero();
            assertThat(failures)
                    .isNotEmpty()
                    .allSatisfy(failure ->
                            assertThat(failure).hasMessage("simulated").hasCause(storage.outOfMemory));

            storage.outOfMemory = null;
            index.flush(log.frames.size());

            assertThat(index.toPosition()).isEqualTo(log.events.size());
            assertMatches(log, index, log.frames.size());
        }
    }

    @Test
    void a_sync_that_fails_is_told_and_never_repeated_on_the_same_file() throws IOException {
        IOException broken = new IOException("Input/output error");
        storage.failSync = broken;
        RandomLog log = new RandomLog(38, 1_000);
        try (LogIndex index = open(log, Runnable::run)) {
            int frame = addUntil(log, index, 0, 100);
            String name = new RunFormat.Name(0, frame).toString();
            assertThat(failures).containsExactly(broken);
            assertThat(storage.calls)
                    .containsExactly("create " + name + ".tmp", "sync " + name + ".tmp", "delete " + name + ".tmp");

            storage.failSync = null;
            addUntil(log, index, frame, 220);

            assertThat(storage.calls.subList(3, 5)).containsExactly("create " + name + ".tmp", "sync " + name + ".tmp");
            assertThat(index.runs()).isEqualTo(2);
        }
    }

    @Test
    void a_directory_that_cannot_be_synced_leaves_no_run() throws IOException {
        storage.failSyncDirectory = new IOException("Input/output error");
        RandomLog log = new RandomLog(39, 1_000);
        try (LogIndex index = open(log, Runnable::run)) {
            int frame = addUntil(log, index, 0, 120);

            assertThat(index.runs()).isZero();
            assertThat(storage.list()).isEmpty();
            assertThat(failures).hasSize(1);
            storage.failSyncDirectory = null;
            index.flush(frame);
            assertThat(index.toFrame()).isEqualTo(frame);
        }
    }

    @Test
    void a_damaged_run_is_set_aside_by_the_merge_that_meets_it() throws IOException {
        RandomLog log = new RandomLog(40, 3_000);
        try (LogIndex index = open(log, Runnable::run)) {
            int frame = addUntil(log, index, 0, 350);
            RunFile first = index.runFiles().getFirst();
            Damage.flip(directory.resolve(first.name()), first.layout().termsAt() + 3);

            for (; frame < log.frames.size(); frame++) {
                log.add(index, frame);
            }

            assertThat(failures)
                    .hasSize(1)
                    .first()
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains(first.name());
            assertThat(storage.list()).contains(first.name() + ".damaged").doesNotContain(first.name());
        }
        try (LogIndex index = open(log, Runnable::run)) {
            assertThat(index.toFrame()).isZero();
            log.addTo(index);
            assertMatches(log, index, log.frames.size());
        }
    }

    @Test
    void closing_stops_a_merge_and_leaves_no_temporary_file() throws Exception {
        RandomLog log = new RandomLog(41, 60_000);
        IndexOptions large = options.withMemtable(7_000, 1_000_000, 1_000_000);
        try (LogIndex index = LogIndex.open(storage, large, RandomLog.STORE, Long.MAX_VALUE, true, Runnable::run)) {
            addUntil(log, index, 0, 52_000);
            index.stopWaiting();
            index.flush(index.toFrame());
        }
        storage.calls.clear();
        storage.syncs = new Semaphore(0);
        int runs = storage.list().size();
        assertThat(runs).isGreaterThanOrEqualTo(7);
        IndexOptions merging = new IndexOptions(
                7_000, 100_000_000, 100_000, 1, 2, 4, 5, 1_000, 2, 1L << 28, 1 << 20, -1, failures::add);
        LogIndex index = LogIndex.open(storage, merging, RandomLog.STORE, Long.MAX_VALUE, true, threads);
        storage.waiting.await();

        storage.syncs.release(1_000);
        index.close();

        assertThat(storage.list()).noneMatch(name -> name.endsWith(".tmp"));
        assertThat(failures).isEmpty();
    }

    @Test
    void readers_find_everything_while_memtables_become_runs_and_runs_are_merged() throws Exception {
        RandomLog log = new RandomLog(42, 30_000);
        try (LogIndex index = open(log, threads)) {
            CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> log.addTo(index), threads);
            Query query = Query.tags("hot:1").or(Query.stream(log.events.getFirst().stream()));
            IndexQuery prepared = index.prepare(query);
            List<Long> all = log.matches(query, new Range(0, log.events.size()), Direction.FORWARDS);
            while (!adding.isDone()) {
                long end = index.nextPosition();

                List<Long> found =
                        RandomLog.all(index.candidates(prepared, new Range(0, end), Direction.BACKWARDS, true));

                assertThat(found.reversed())
                        .isEqualTo(all.stream().filter(at -> at < end).toList());
            }
            assertThat(adding).succeedsWithin(SOON);
        }
        assertThat(failures).isEmpty();
    }

    private static NoSpaceException noSpace() {
        return new NoSpaceException("index", new IOException("No space left on device"));
    }

    private IndexOptions withRetryMillis(int millis) {
        return new IndexOptions(
                100, 100_000, 100_000, 1, 2, 4, millis, 1_000, 8, 1L << 28, Long.MAX_VALUE, -1, failures::add);
    }

    private LogIndex open(RandomLog log, Executor background) throws IOException {
        return open(log, options, background);
    }

    private LogIndex open(RandomLog log, IndexOptions options, Executor background) throws IOException {
        return LogIndex.open(storage, options, RandomLog.STORE, log.frames.size(), true, background);
    }

    /// Adds frames until there are so many events.
    private static int addUntil(RandomLog log, LogIndex index, int fromFrame, int events) {
        int frame = fromFrame;
        while (index.nextPosition() < events) {
            log.add(index, frame++);
        }
        return frame;
    }

    private static void awaitPosition(LogIndex index, long position) {
        long begin = System.nanoTime();
        while (index.nextPosition() < position) {
            assertThat(System.nanoTime() - begin).isLessThan(SOON.toNanos());
            Thread.onSpinWait();
        }
    }

    private static void assertMatches(RandomLog log, LogIndex index, int toFrame) {
        Range all = new Range(0, log.positionAt(toFrame));
        for (int i = 0; i < 20; i++) {
            Query query = log.randomQuery();
            assertThat(RandomLog.all(index.candidates(query, all, Direction.FORWARDS, true)))
                    .isEqualTo(log.matches(query, all, Direction.FORWARDS));
        }
    }

    private int indexOf(String start) {
        for (int i = 0; i < storage.calls.size(); i++) {
            if (storage.calls.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError("No call begins with " + start + ": " + storage.calls);
    }
}
