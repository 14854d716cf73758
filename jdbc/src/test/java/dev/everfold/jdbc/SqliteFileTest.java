package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.KEY;
import static dev.everfold.jdbc.TestDatabase.snapshot;
import static dev.everfold.jdbc.TestDatabase.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.SnapshotStoreConformance;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.testkit.ChildJvm;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SqliteFileTest {

    private static final int THREADS = 8;

    @TempDir
    Path folder;

    private final AtomicInteger files = new AtomicInteger();

    @TestFactory
    Stream<DynamicTest> it_keeps_snapshots_as_every_store_does() {
        return new SnapshotStoreConformance(
                        () -> JdbcSnapshotStore.sqlite(folder.resolve(files.incrementAndGet() + ".db")))
                .checks().stream().map(check -> dynamicTest(check.name(), check.body()::run));
    }

    @Test
    void a_file_is_created_with_its_folders_whatever_its_name() {
        Path file = folder.resolve("für alle").resolve("a?cache=shared&b=%41#1.db");

        JdbcSnapshotStore.sqlite(file).put(snapshot(9), 1);

        assertThat(file).isRegularFile();
        assertThat(JdbcSnapshotStore.sqlite(file).newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
    }

    @Test
    void the_file_is_written_ahead() throws Exception {
        Path file = folder.resolve("snapshots.db");

        JdbcSnapshotStore.sqlite(file);

        assertThat(strings(TestDatabase.dataSource("jdbc:sqlite:" + file, true), "pragma journal_mode"))
                .containsExactly("wal");
    }

    @Test
    void nothing_but_the_file_is_left_between_calls() {
        Path file = folder.resolve("snapshots.db");

        JdbcSnapshotStore.sqlite(file).put(snapshot(9), 1);

        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(folder.toFile().list()).containsExactly("snapshots.db");
    }

    @Test
    void the_file_can_be_deleted_at_any_time() throws Exception {
        Path file = folder.resolve("snapshots.db");
        JdbcSnapshotStore store = JdbcSnapshotStore.sqlite(file);
        store.put(snapshot(9), 1);

        Files.delete(file);

        assertThat(store.newest(KEY, Long.MAX_VALUE)).isEmpty();
        Files.delete(file);
        store.put(snapshot(3), 1);
        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(3));
    }

    @Test
    void many_may_create_the_file_at_once() throws Exception {
        Path file = folder.resolve("snapshots.db");
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                int revision = i;
                all.add(threads.submit(() -> JdbcSnapshotStore.sqlite(file).put(snapshot(revision), 1)));
            }
        }

        for (Future<?> one : all) {
            one.get();
        }
        assertThat(JdbcSnapshotStore.sqlite(file).newest(KEY, Long.MAX_VALUE)).contains(snapshot(THREADS - 1));
    }

    @Test
    void a_file_that_is_not_of_sqlite_is_left_alone_and_once_it_is_gone_the_store_goes_on() throws Exception {
        Path file = folder.resolve("snapshots.db");
        JdbcSnapshotStore store = JdbcSnapshotStore.sqlite(file);
        String text = "not a database, ".repeat(1_000);
        Files.writeString(file, text);

        assertThatThrownBy(() -> store.newest(KEY, Long.MAX_VALUE))
                .isInstanceOf(DatabaseFailedException.class)
                .hasMessage("Reading a snapshot of decider \"account\" in table \"everfold_snapshots\" failed:"
                        + " [SQLITE_NOTADB] File opened that is not a database file (file is not a database)."
                        + " Nothing was changed; trying again does not help before the cause is removed.");
        assertThatThrownBy(() -> store.put(snapshot(9), 1))
                .isInstanceOfSatisfying(DatabaseFailedException.class, failed -> {
                    assertThat(failed.stored()).isEqualTo(Stored.NO);
                    assertThat(failed.retryable()).isFalse();
                });
        assertThat(file).hasContent(text);

        Files.delete(file);
        store.put(snapshot(9), 1);
        assertThat(store.newest(KEY, Long.MAX_VALUE)).contains(snapshot(9));
    }

    @Test
    void a_folder_that_cannot_be_created_is_named() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("snapshots.db");

        assertThatThrownBy(() -> JdbcSnapshotStore.sqlite(file))
                .isInstanceOf(DatabaseFailedException.class)
                .hasMessage("Creating the folder of \"" + file + "\" failed: " + file.getParent()
                        + ". Nothing was changed; trying again does not help before the cause is removed.");
    }

    @Test
    void without_its_driver_it_says_which_one_is_missing() throws Exception {
        try (URLClassLoader withoutDriver =
                new URLClassLoader(classPathWithout("sqlite-jdbc"), ClassLoader.getPlatformClassLoader())) {
            Class<?> store = withoutDriver.loadClass(JdbcSnapshotStore.class.getName());
            Path file = folder.resolve("snapshots.db");

            assertThatThrownBy(() -> store.getMethod("sqlite", Path.class).invoke(null, file))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessage("No driver for SQLite is found; expected org.xerial:sqlite-jdbc. Add it to what runs.");
            assertThat(file).doesNotExist();
        }
    }

    private static URL[] classPathWithout(String name) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        String classPath = ChildJvm.classPath();
        for (String element : classPath.split(File.pathSeparator, -1)) {
            if (!element.contains(name)) {
                urls.add(Path.of(element).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    @Test
    void another_database_is_refused_by_its_name() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:");

        assertThatThrownBy(() -> JdbcSnapshotStore.on(h2))
                .isInstanceOf(UnsupportedDatabaseException.class)
                .hasMessage("Database \"H2\" is not known; expected SQLite or PostgreSQL. Use one of them.");
    }

    @Test
    void a_state_that_is_too_large_and_keeping_none_are_refused() {
        JdbcSnapshotStore store = JdbcSnapshotStore.sqlite(folder.resolve("snapshots.db"));
        Bytes large = Bytes.of(new byte[JdbcSnapshotStore.STATE_BYTES_MAX + 1]);

        assertThatThrownBy(() -> store.put(new Snapshot(KEY, 1, 1, FixedClock.NOON, large), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A state of decider \"account\" is 67108865 bytes; the limit is 67108864"
                        + " (JdbcSnapshotStore.STATE_BYTES_MAX). Keep less in it.");
        assertThatThrownBy(() -> store.put(snapshot(9), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Keeping 0 snapshots of a stream; expected 1 or more.");
    }
}
