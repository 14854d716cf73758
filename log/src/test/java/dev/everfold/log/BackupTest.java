package dev.everfold.log;

import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.testkit.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Backups, also of a store that is being written, and what is made of them again.
@Timeout(60)
@ExtendWith(QuietLog.class)
class BackupTest {

    @TempDir
    Path temporary;

    private Path original;
    private Path backup;
    private Path restored;

    @BeforeEach
    void name() {
        original = temporary.resolve("original");
        backup = temporary.resolve("backup");
        restored = temporary.resolve("restored");
    }

    @Test
    void what_is_restored_from_a_backup_is_the_same_events_at_the_same_positions_in_a_new_lineage() {
        UUID lineage;
        List<RecordedEvent> expected;
        try (LogEventStore store = open(original)) {
            for (int number = 0; number < 70; number++) {
                store.append(Append.of(event("order-" + number % 3, number)).tracking("shop", number));
            }
            lineage = store.lineage();
            expected = events(store);
        }

        assertThat(LogBackup.backup(original, backup, bytes -> {})).isEqualTo(70);
        assertThat(LogVerifier.verify(backup, events -> {}).passed()).isTrue();
        assertThat(LogBackup.restore(backup, restored, bytes -> {})).isEqualTo(70);

        try (LogEventStore store = open(restored)) {
            assertThat(events(store)).isEqualTo(expected);
            assertThat(store.lineage()).isNotEqualTo(lineage);
            assertThat(store.trackedPosition("shop")).hasValue(69);
            assertThat(store.append(Append.of(event("order-0", 70))).fromPosition())
                    .isEqualTo(70);
        }
        assertThat(LogVerifier.verify(restored, events -> {}).damages()).isEmpty();
    }

    @Test
    void a_restored_store_answers_repeats_as_the_original_did() {
        List<Append> appends = new ArrayList<>();
        try (LogEventStore store = open(original)) {
            for (int number = 0; number < 20; number++) {
                Append append = Append.of(event("order-1", number));
                appends.add(append);
                store.append(append);
            }
        }
        LogBackup.backup(original, backup, bytes -> {});
        LogBackup.restore(backup, restored, bytes -> {});

        try (LogEventStore store = open(restored)) {
            for (int number = 0; number < 20; number++) {
                assertThat(store.append(appends.get(number)).fromPosition()).isEqualTo(number);
            }
            assertThat(store.nextPosition()).isEqualTo(20);
        }
    }

    @Test
    void a_backup_is_of_the_same_lineage_and_can_be_read_where_it_lies() {
        UUID lineage;
        try (LogEventStore store = open(original)) {
            Stores.appendSmall(store, 5);
            lineage = store.lineage();
        }
        LogBackup.backup(original, backup, bytes -> {});

        try (EventStore reader = LogEventStore.open(backup, Stores.SMALL, Mode.READ)) {
            assertThat(reader.lineage()).isEqualTo(lineage);
            assertThat(events(reader)).hasSize(5);
        }
    }

    @Test
    void backups_beside_a_running_writer_hold_a_prefix_and_all_that_was_proven_before() throws Exception {
        try (LogEventStore writer = open(original);
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writing = threads.submit(() -> {
                for (int number = 0; number < 300; number++) {
                    writer.append(Append.of(event("order-" + number % 5, number)));
                }
            });
            List<Path> backups = new ArrayList<>();
            while (!writing.isDone()) {
                Path each = temporary.resolve("backup-" + backups.size());
                long before = writer.nextPosition();
                long events = LogBackup.backup(original, each, bytes -> {});
                // The newest frame is not proven yet.
                assertThat(events).isGreaterThanOrEqualTo(before - 1);
                backups.add(each);
            }
            writing.get();

            List<RecordedEvent> expected = events(writer);
            for (Path each : backups) {
                assertThat(LogVerifier.verify(each, events -> {}).damages()).isEmpty();
                try (LogEventStore store = open(each)) {
                    List<RecordedEvent> found = events(store);
                    assertThat(found).isEqualTo(expected.subList(0, found.size()));
                }
            }
        }
    }

    @Test
    void a_backup_of_an_empty_store_is_an_empty_store() {
        open(original).close();

        assertThat(LogBackup.backup(original, backup, bytes -> {})).isZero();
        assertThat(LogBackup.restore(backup, restored, bytes -> {})).isZero();

        try (LogEventStore store = open(restored)) {
            Stores.appendSmall(store, 3);
            assertThat(store.nextPosition()).isEqualTo(3);
        }
    }

    @Test
    void a_damaged_backup_is_not_restored() throws IOException {
        try (LogEventStore store = open(original)) {
            Stores.appendSmall(store, 40);
        }
        LogBackup.backup(original, backup, bytes -> {});
        Path segment = backup.resolve("log-000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[4_096 + 100] ^= 1;
        Files.write(segment, bytes);

        assertThatThrownBy(() -> LogBackup.restore(backup, restored, copied -> {}))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageStartingWith("The backup in " + backup + " is damaged: log-000000000000.log at byte ")
                .hasMessageEndingWith(". Restore another one.");

        assertThat(Files.exists(restored)).isFalse();
    }

    @Test
    void a_target_that_is_not_empty_is_refused_and_not_touched() throws IOException {
        try (LogEventStore store = open(original)) {
            Stores.appendSmall(store, 3);
        }
        Files.createDirectory(backup);
        Files.writeString(backup.resolve("cat.jpg"), "purr");

        assertThatThrownBy(() -> LogBackup.backup(original, backup, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(backup + " is not empty; expected a new or empty directory. Name another one.");
        assertThatThrownBy(() -> LogBackup.restore(original, backup, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(backup + " is not empty; expected a new or empty directory. Name another one.");

        assertThat(files(backup)).containsExactly("cat.jpg");
    }

    @Test
    void a_target_that_is_a_file_or_in_one_is_refused() throws IOException {
        open(original).close();
        Files.writeString(backup, "a file");

        assertThatThrownBy(() -> LogBackup.backup(original, backup, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(backup + " is a file; expected a new or empty directory. Name another one.");
        assertThatThrownBy(() -> LogBackup.backup(original, backup.resolve("monday"), bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The copy in " + backup + "/monday cannot be made: a folder is expected where a file is."
                        + " Correct its name, or name another one.");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void where_there_is_no_room_for_a_copy_it_says_so_and_what_to_do() throws Exception {
        try (LogEventStore store = open(original)) {
            store.append(Append.of(Stores.large(0, 200_000)));
        }
        String program = "ulimit -f 128; exec \"$@\"";
        List<String> command = new ArrayList<>(List.of("sh", "-c", program, "sh"));
        command.addAll(ChildJvm.of(Copying.class, original.toString(), backup.toString())
                .command());

        Process copying = new ProcessBuilder(command).start();

        assertThat(new String(copying.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("No space left for the copy in " + backup + "; it is not finished. Remove it, make room"
                        + " there, and make it again.");
        assertThat(files(backup)).doesNotContain("STORE");
    }

    /// Makes a backup and prints why there is none.
    static final class Copying {

        private Copying() {}

        public static void main(String[] directories) {
            try {
                LogBackup.backup(Path.of(directories[0]), Path.of(directories[1]), bytes -> {});
            } catch (StoreUnavailableException | StorageFullException unmade) {
                System.out.print(unmade.getMessage());
            }
        }
    }

    @Test
    void a_backup_that_was_cut_off_is_not_a_store() {
        try (LogEventStore store = open(original)) {
            Stores.appendSmall(store, 60);
        }

        assertThatThrownBy(() -> LogBackup.backup(original, backup, bytes -> {
                    if (bytes > 8_000) {
                        throw new IllegalStateException("cut off");
                    }
                }))
                .hasMessage("cut off");

        assertThat(files(backup)).isNotEmpty().doesNotContain("STORE");
        for (Mode mode : Mode.values()) {
            assertThatThrownBy(() -> LogEventStore.open(backup, Stores.SMALL, mode))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(
                            backup + " is not a store: it has no file STORE and is not empty. Name the directory of a"
                                    + " store, or an empty one.");
        }
        assertThatThrownBy(() -> LogBackup.restore(backup, restored, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void there_is_no_backup_of_nothing() {
        assertThatThrownBy(() -> LogBackup.backup(original, backup, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("There is no store in " + original);

        assertThat(Files.exists(backup)).isFalse();
    }

    @Test
    void progress_rises_up_to_the_bytes_of_the_backup() {
        try (LogEventStore store = open(original)) {
            Stores.appendSmall(store, 60);
        }
        List<Long> progress = new ArrayList<>();

        LogBackup.backup(original, backup, progress::add);

        long bytes = files(backup).stream()
                .filter(name -> name.startsWith("log-"))
                .mapToLong(name -> backup.resolve(name).toFile().length())
                .sum();
        assertThat(progress).isSorted().last().isEqualTo(bytes);
    }

    private static LogEventStore open(Path directory) {
        return LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
    }

    private static List<String> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
