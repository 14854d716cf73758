package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.KEY;
import static dev.everfold.jdbc.TestDatabase.snapshot;
import static dev.everfold.jdbc.TestDatabase.strings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.testkit.ChildJvm;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Writers put snapshots of one stream in any order. Afterwards exactly the newest are there, whoever put
/// them, and at no time was one replaced by an older one.
@Timeout(120)
@ParameterizedClass
@EnumSource
class ConcurrentWritersTest {

    private static final long SEED = Long.getLong("everfold.seed", 61);
    private static final int WRITERS = 3;
    private static final int PUTS = 25;
    private static final int REVISIONS = 10_000;
    private static final int KEEP = 3;

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final String table = TestDatabase.newTable();

    ConcurrentWritersTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void threads_keep_the_newest_and_no_more() throws Exception {
        DataSource database = kind.dataSource(folder);
        List<Callable<List<Long>>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            long seed = SEED + writer;
            writers.add(() -> write(JdbcSnapshotStore.on(database, table), seed));
        }

        TreeSet<Long> put = new TreeSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Long>> writer : threads.invokeAll(writers)) {
                put.addAll(writer.get());
            }
        }

        assertNewestAreKept(put);
    }

    @Test
    void processes_keep_the_newest_and_no_more() throws Exception {
        List<Process> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            writers.add(start(SEED + WRITERS + writer));
        }

        TreeSet<Long> put = new TreeSet<>();
        for (Process writer : writers) {
            try (BufferedReader output = writer.inputReader()) {
                output.lines().map(Long::valueOf).forEach(put::add);
            }
            assertThat(writer.waitFor()).as("seed %s", SEED).isZero();
        }

        assertNewestAreKept(put);
    }

    private void assertNewestAreKept(NavigableSet<Long> put) throws Exception {
        assertThat(put).hasSizeGreaterThan(PUTS);
        List<String> newest =
                put.descendingSet().stream().limit(KEEP).map(String::valueOf).toList();
        assertThat(strings(kind.dataSource(folder), "select revision from " + table + " order by revision desc"))
                .as("seed %s", SEED)
                .isEqualTo(newest);
    }

    /// The revisions that were put.
    private static List<Long> write(JdbcSnapshotStore store, long seed) {
        Random random = new Random(seed);
        List<Long> put = new ArrayList<>();
        long newest = -1;
        for (int i = 0; i < PUTS; i++) {
            long revision = random.nextInt(REVISIONS);
            store.put(snapshot(revision), KEEP);
            put.add(revision);
            long found =
                    store.newest(KEY, Long.MAX_VALUE).map(Snapshot::revision).orElse(-1L);
            if (found < revision || found < newest) {
                throw new AssertionError("seed " + seed + ": newest is " + found + " after " + newest
                        + " was, and after " + revision + " was put");
            }
            newest = found;
        }
        return put;
    }

    private Process start(long seed) throws Exception {
        return ChildJvm.of(
                        Writer.class,
                        kind.url(folder),
                        Boolean.toString(kind == TestDatabase.SQLITE_WAL),
                        table,
                        Long.toString(seed))
                .start();
    }

    /// Writes, and prints what it has put.
    static final class Writer {

        private Writer() {}

        public static void main(String[] arguments) {
            DataSource database = TestDatabase.dataSource(arguments[0], Boolean.parseBoolean(arguments[1]));
            JdbcSnapshotStore store = JdbcSnapshotStore.on(database, arguments[2]);
            write(store, Long.parseLong(arguments[3])).forEach(System.out::println);
        }
    }
}
