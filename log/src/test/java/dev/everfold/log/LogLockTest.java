package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.storage.FileStorage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One writer at a time, in this process or in any other.
@Timeout(30)
class LogLockTest {

    @TempDir
    Path temporary;

    private Path directory;
    private String message;

    @BeforeEach
    void name() {
        directory = temporary.resolve("store");
        message = "The store in " + directory + " is open for writing already; one writer at a time. Close the other"
                + " one, or open this one with mode=read.";
    }

    @Test
    void a_second_writer_in_the_same_process_is_refused_until_the_first_is_closed() {
        LogEventStore first = LogEventStore.open(directory);

        assertThatThrownBy(() -> LogEventStore.open(directory))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(message)
                .matches(refused -> ((StoreUnavailableException) refused).retryable());
        Stores.appendSmall(first, 1);
        first.close();

        try (LogEventStore second = LogEventStore.open(directory)) {
            assertThat(second.nextPosition()).isEqualTo(1);
        }
    }

    @Test
    void a_second_writer_by_another_name_of_the_directory_is_refused() throws IOException {
        try (LogEventStore first = LogEventStore.open(directory)) {
            Path link = Files.createSymbolicLink(temporary.resolve("link"), directory);

            assertThatThrownBy(() -> LogEventStore.open(link)).isInstanceOf(StoreUnavailableException.class);
            Stores.appendSmall(first, 1);
        }
    }

    @Test
    void a_refused_writer_leaves_the_lock_to_its_holder() {
        try (LogEventStore first = LogEventStore.open(directory)) {
            assertThatThrownBy(() -> LogEventStore.open(directory)).hasMessage(message);
            assertThatThrownBy(() -> LogEventStore.open(directory)).hasMessage(message);
            Stores.appendSmall(first, 1);
        }
    }

    @Test
    void a_writer_in_another_process_is_respected_and_its_death_ends_its_lock() throws Exception {
        Process other = ChildJvm.start(Holder.class, List.of(), List.of(directory.toString()));
        try (BufferedReader output = other.inputReader()) {
            assertThat(output.readLine()).isEqualTo("open");

            assertThatThrownBy(() -> LogEventStore.open(directory))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(message);
            assertThat(new FileStorage(directory).isLocked("LOCK")).isTrue();
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }

        try (LogEventStore store = LogEventStore.open(directory)) {
            assertThat(store.nextPosition()).isEqualTo(3);
        }
    }

    @Test
    void who_looks_whether_somebody_writes_takes_the_lock_from_nobody() throws IOException {
        Files.createDirectory(directory);
        FileStorage looking = new FileStorage(directory);
        assertThat(looking.isLocked("LOCK")).as("there is no such file").isFalse();
        try (LogEventStore first = LogEventStore.open(directory)) {
            assertThat(looking.isLocked("LOCK")).isTrue();
            assertThatThrownBy(() -> LogEventStore.open(directory)).hasMessage(message);
            Stores.appendSmall(first, 1);
        }
        assertThat(looking.isLocked("LOCK")).isFalse();
        LogEventStore.open(directory).close();
    }

    @Test
    void a_store_that_cannot_be_opened_leaves_no_lock_behind() throws IOException {
        LogEventStore.open(directory).close();
        Path store = directory.resolve("STORE");
        byte[] right = Files.readAllBytes(store);
        Files.write(store, new byte[right.length]);
        assertThatThrownBy(() -> LogEventStore.open(directory)).isInstanceOf(CorruptStoreException.class);
        Files.write(store, right);

        LogEventStore.open(directory).close();
    }

    @Test
    void stores_that_are_created_at_once_below_a_directory_that_is_missing_are_all_created() throws Exception {
        int stores = 4;
        CyclicBarrier together = new CyclicBarrier(stores);
        try (ExecutorService threads = Executors.newFixedThreadPool(stores)) {
            for (int round = 0; round < 200; round++) {
                Path missing = temporary.resolve("round-" + round);
                List<Future<FileStorage>> created = new ArrayList<>();
                for (int number = 0; number < stores; number++) {
                    Path each = missing.resolve("store-" + number);
                    created.add(threads.submit(() -> {
                        together.await();
                        return FileStorage.createDirectory(each);
                    }));
                }
                for (Future<FileStorage> each : created) {
                    assertThat(Path.of(each.get().description())).isEmptyDirectory();
                }
            }
        }
    }

    @Test
    void a_file_where_a_directory_is_to_be_made_is_said() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "a file");
        Path link = Files.createSymbolicLink(temporary.resolve("nowhere"), temporary.resolve("missing"));

        assertThatThrownBy(() -> LogEventStore.open(file))
                .hasMessage(file + " is a file; expected the directory of a store. Name another one.");
        assertThatThrownBy(() -> LogEventStore.open(link))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The store in " + link + " cannot be opened: it is there already. Name another one.");
    }

    /// Holds a store until it is killed.
    static final class Holder {

        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            LogEventStore store = LogEventStore.open(Path.of(arguments[0]));
            Stores.appendSmall(store, 3);
            System.out.println("open");
            while (System.in.read() >= 0) {
                // Whatever comes; the pipe ends with the test.
            }
            store.close();
        }
    }
}
