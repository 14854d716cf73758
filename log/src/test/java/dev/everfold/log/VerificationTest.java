package dev.everfold.log;

import static dev.everfold.log.Stores.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Verification;
import dev.everfold.eventstore.Verification.Damage;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.ForwardingStorage;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Verification finds every changed byte of every file, and nothing in a store that is as it was written.
@Timeout(120)
@ExtendWith(QuietLog.class)
class VerificationTest {

    private static final long SEED = Long.getLong("everfold.seed", 31);
    private static final String FIRST = "log-000000000000.open";
    private static final String NEXT = "log-000000000003.open";
    private static final int PAGE = 4_096;

    /// Every byte is flipped of files up to this length, and of longer ones at their beginning and end; in
    /// between, every so many bytes that say something and zeros. With `-Deverfold.flips=all` all of them.
    private static final int WHOLE_BYTES_MAX = 8 << 10;

    private static final boolean ALL = "all".equals(System.getProperty("everfold.flips"));
    private static final int EDGE_BYTES = 200;
    private static final int STRIDE = ALL ? 1 : 11;
    private static final int STRIDE_OF_ZEROS = ALL ? 1 : 61;

    private final Map<String, Integer> flips = new TreeMap<>();

    @Test
    void a_closed_store_passes_and_all_its_bytes_were_read() throws IOException {
        SimulatedDisk disk = closedStore();

        Verification verification = verify(disk);

        assertThat(verification.damages()).isEmpty();
        assertThat(verification.passed()).isTrue();
        assertThat(verification.notes()).isEmpty();
        assertThat(verification.events()).isEqualTo(Workload.of(SEED, 50).nextPosition(50));
        assertThat(verification.bytes())
                .isEqualTo(disk.files().values().stream()
                        .mapToLong(bytes -> bytes.length)
                        .sum());
        assertThat(verification.checked())
                .hasSize(4)
                .first()
                .isEqualTo("2 copies of the file STORE: checksum of each.");
    }

    @Test
    void verification_changes_nothing() throws IOException {
        for (SimulatedDisk disk : List.of(closedStore(), Stores.unclean(5))) {
            verify(disk);

            assertThat(disk.effects()).isEmpty();
        }
    }

    @Test
    void every_changed_byte_of_every_file_is_found_and_said_with_its_file() throws IOException {
        Map<String, byte[]> files = closedStore().files();
        assertThat(files.keySet().stream().filter(name -> name.endsWith(".log")))
                .hasSizeGreaterThan(2);
        assertThat(files.keySet().stream().filter(name -> name.endsWith(".run")))
                .hasSizeGreaterThan(1);
        files.keySet().stream().filter(name -> !name.equals("STORE")).forEach(name -> flipBytes(files, name));
        // The slots are of the same kind in every store, so a store that is read faster will do.
        flipBytes(Stores.clean(3).files(), "STORE");

        System.out.println("flipped bytes found "
                + flips.values().stream().mapToInt(n -> n).sum() + ": " + flips);
    }

    private void flipBytes(Map<String, byte[]> files, String file) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] bytes = files.get(file);
        for (int at = 0; at < bytes.length; at++) {
            boolean edge = at < EDGE_BYTES || at >= bytes.length - EDGE_BYTES;
            int stride = bytes[at] == 0 ? STRIDE_OF_ZEROS : STRIDE;
            if (bytes.length <= WHOLE_BYTES_MAX || edge || at % stride == 0) {
                requireFound(files, file, at, random.nextInt(1, 256));
                flips.merge(file, 1, Integer::sum);
            }
        }
    }

    private static void requireFound(Map<String, byte[]> files, String file, int at, int mask) {
        Map<String, byte[]> damaged = new TreeMap<>(files);
        byte[] bytes = files.get(file).clone();
        bytes[at] ^= (byte) mask;
        damaged.put(file, bytes);
        Verification verification;
        try {
            verification = verify(new SimulatedDisk(damaged));
        } catch (IOException | RuntimeException failure) {
            throw new AssertionError("seed " + SEED + ", byte " + at + " of " + file + " xor " + mask, failure);
        }
        if (verification.damages().stream().noneMatch(damage -> damage.file().equals(file))) {
            fail("seed " + SEED + ", byte " + at + " of " + file + " xor " + mask + ": found " + verification.damages()
                    + ", noted " + verification.notes());
        }
    }

    @Test
    void a_missing_segment_is_found() throws IOException {
        SimulatedDisk whole = closedStore();
        for (String name : whole.files().keySet()) {
            if (name.startsWith("log-")) {
                assertThat(verify(Stores.without(whole, name)).passed())
                        .as("without " + name)
                        .isFalse();
            }
        }
    }

    @Test
    void a_missing_index_is_no_damage() throws IOException {
        SimulatedDisk whole = closedStore();
        for (String name : whole.files().keySet()) {
            if (name.startsWith("index-")) {
                assertThat(verify(Stores.without(whole, name)).damages())
                        .as("without " + name)
                        .isEmpty();
            }
        }
    }

    @Test
    void damage_is_said_with_file_byte_and_advice() throws IOException {
        SimulatedDisk damaged = Stores.flip(Stores.clean(5), FIRST, 2 * PAGE + 80);

        assertThat(verify(damaged).damages())
                .first()
                .hasToString("log-000000000000.open at byte 8192: frame 1 expected, none found, but frame 2 follows at"
                        + " byte 12288; restore a backup");
    }

    @Test
    void a_damaged_copy_of_the_store_file_is_said_with_what_to_do() throws IOException {
        SimulatedDisk damaged = Stores.flip(Stores.clean(5), "STORE", 40);

        List<Damage> damages = verify(damaged).damages();

        assertThat(damages).hasSize(1);
        assertThat(damages.getFirst().file()).isEqualTo("STORE");
    }

    @Test
    void an_append_that_was_not_finished_is_a_note() throws IOException {
        SimulatedDisk torn =
                Stores.change(Stores.unclean(3), FIRST, bytes -> Stores.fill(bytes, 3 * PAGE + 100, PAGE - 100, 0));

        Verification verification = verify(torn);

        assertThat(verification.damages()).isEmpty();
        assertThat(verification.events()).isEqualTo(2);
        assertThat(verification.notes())
                .containsExactly("An append that was not finished begins at byte 12288 of log-000000000000.open; nobody"
                        + " was told of it, and the next opening for writing removes it.");
        assertThat(Stores.events(torn)).hasSize(2);
        assertThat(verify(torn).notes()).isEmpty();
    }

    @Test
    void an_unfinished_append_in_a_closed_store_is_damage() throws IOException {
        SimulatedDisk dirty =
                Stores.change(Stores.clean(3), FIRST, bytes -> Stores.fill(bytes, 5 * PAGE + 100, 1, 0x5a));

        assertThat(verify(dirty).damages())
                .containsExactly(new Damage(
                        FIRST, 5 * PAGE + 100, "zeros after the last frame expected, since the store was closed"));
    }

    @Test
    void a_new_segment_that_was_not_finished_is_a_note() throws IOException {
        for (int bytes : new int[] {0, 60, PAGE, 20_000}) {
            SimulatedDisk disk = Stores.with(
                    Stores.unclean(3),
                    "log-000000000003.open",
                    Arrays.copyOf(Arrays.copyOf(Stores.unclean(3).files().get(FIRST), Math.min(bytes, 60)), bytes));

            assertThat(verify(disk).damages()).as(bytes + " bytes").isEmpty();
            assertThat(Stores.events(disk)).hasSize(3);
        }
    }

    @Test
    void files_that_are_left_over_are_notes() throws IOException {
        SimulatedDisk disk = Stores.with(Stores.clean(3), "log-000000000000.log.tmp", new byte[9]);

        assertThat(verify(disk).passed()).isTrue();
        assertThat(verify(disk).notes())
                .containsExactly("File log-000000000000.log.tmp is not part of the store, or is left over; it was not"
                        + " checked.");
    }

    @Test
    void a_directory_without_a_store_cannot_be_verified(@TempDir Path directory) {
        assertThatThrownBy(() -> LogVerifier.verify(directory, events -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("There is no store in " + directory + ". Correct the path.");
    }

    @Test
    void a_backup_that_was_broken_off_is_taken_for_none_and_not_for_a_wrong_path(@TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve(NEXT), "what was copied");

        assertThatThrownBy(() -> LogVerifier.verify(directory, events -> {}))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(directory + " is not a store: it holds files and no STORE, like a backup that was broken"
                        + " off. Name another one.");
    }

    @Test
    void a_segment_that_a_running_writer_seals_between_two_looks_was_appended_since() throws IOException {
        SimulatedDisk disk = Stores.with(Stores.unclean(3), NEXT, new byte[PAGE]);

        Verification verification = verify(new SealedBetweenTwoLooks(disk, NEXT));

        assertThat(verification.damages()).isEmpty();
        assertThat(verification.events()).isEqualTo(3);
        assertThat(verification.notes())
                .containsExactly("The store is open for writing; what was appended since the verification began is not"
                        + " checked.");
    }

    @Test
    void a_store_in_a_directory_that_may_only_be_read_can_be_verified() throws IOException {
        SimulatedDisk disk = closedStore();

        Verification verification = verify(new ReadOnly(disk));

        assertThat(verification.damages()).isEmpty();
        assertThat(verification.notes()).isEmpty();
        assertThat(verification.events()).isEqualTo(verify(disk).events());
    }

    @Test
    void verification_beside_a_running_writer_passes_at_any_moment(@TempDir Path directory) throws Exception {
        try (LogEventStore writer = LogEventStore.open(directory, Stores.SMALL, Mode.CREATE);
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writing = threads.submit(() -> {
                for (int number = 0; number < 400; number++) {
                    writer.append(Append.of(Stores.event("order-" + number % 5, number)));
                }
            });
            List<Long> seen = new ArrayList<>();
            while (!writing.isDone()) {
                Verification verification = LogVerifier.verify(directory, events -> {});
                assertThat(verification.damages()).isEmpty();
                assertThat(verification.notes())
                        .contains("The store is open for writing; what was appended since the verification began is not"
                                + " checked.");
                seen.add(verification.events());
            }
            writing.get();
            assertThat(seen).isNotEmpty().isSorted();
            assertThat(LogVerifier.verify(directory, events -> {}).events()).isEqualTo(400);
        }
        assertThat(LogVerifier.verify(directory, events -> {}).notes()).isEmpty();
    }

    /// A closed store of 50 appends: several sealed segments, an open one, several runs.
    private static SimulatedDisk closedStore() {
        SimulatedDisk disk = new SimulatedDisk();
        Workload workload = Workload.of(SEED, 50);
        var clock = Stores.clock();
        // Twice, so that what is deferred is done.
        try (LogEventStore store = Stores.open(disk, clock, SEED)) {
            workload.steps().forEach(step -> Workload.make(step, store, clock));
        }
        Stores.events(disk);
        return disk.copy();
    }

    /// A store that somebody writes, and a segment of it that bears another name once it was looked at.
    private static final class SealedBetweenTwoLooks extends ForwardingStorage {

        private final String segment;
        private boolean isSealed;

        SealedBetweenTwoLooks(Storage delegate, String segment) {
            super(delegate);
            this.segment = segment;
        }

        @Override
        public boolean isLocked(String name) {
            return true;
        }

        @Override
        public StorageFile openForReading(String name) throws IOException {
            if (name.equals(segment)) {
                if (isSealed) {
                    throw new NoSuchFileException(name);
                }
                isSealed = true;
            }
            return super.openForReading(name);
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return file;
        }
    }

    /// A directory on a file system that is mounted for reading only.
    private static final class ReadOnly extends ForwardingStorage {

        ReadOnly(Storage delegate) {
            super(delegate);
        }

        @Override
        public boolean tryLock(String name) throws IOException {
            throw new FileSystemException(name, null, "Read-only file system");
        }

        @Override
        public StorageFile openForWriting(String name) throws IOException {
            throw new FileSystemException(name, null, "Read-only file system");
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return file;
        }
    }
}
