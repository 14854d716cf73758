package dev.everfold.log;

import static dev.everfold.log.Stores.ADVICE;
import static dev.everfold.log.Stores.clean;
import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.flip;
import static dev.everfold.log.Stores.large;
import static dev.everfold.log.Stores.unclean;
import static dev.everfold.log.Stores.with;
import static dev.everfold.log.Stores.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.StepwiseExecutor;
import dev.everfold.log.simulation.Survival;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What opening a store makes of what a crash left, and of what no crash leaves.
///
/// Small appends are frames of one page each: frame n begins at byte 4,096 · (n + 1) of the first segment.
@Timeout(30)
@ExtendWith(QuietLog.class)
class RecoveryTest {

    private static final String FIRST = "log-000000000000.open";
    private static final int PAGE = 4_096;

    // Torn tails

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 71, 100, 200})
    void a_frame_of_which_only_the_beginning_was_written_is_removed(int bytesWritten) {
        SimulatedDisk whole = unclean(4);
        SimulatedDisk torn = Stores.change(
                whole, FIRST, bytes -> Stores.fill(bytes, 4 * PAGE + bytesWritten, PAGE - bytesWritten, 0));

        assertThat(events(torn)).isEqualTo(events(whole.copy()).subList(0, 3));

        assertThat(torn.files().get(FIRST)[4 * PAGE])
                .as("first byte of the next frame, a closing one")
                .isEqualTo((byte) 'E');
        assertThat(Arrays.copyOfRange(torn.files().get(FIRST), 5 * PAGE, 6 * PAGE))
                .containsOnly(0);
    }

    @Test
    void a_frame_whose_first_page_is_missing_is_removed_with_all_its_pages() {
        SimulatedDisk disk = new SimulatedDisk();
        SimulatedDisk torn;
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 3);
            store.append(Append.of(large(1, 9_000)));
            torn = Stores.change(disk.copy(), FIRST, bytes -> Stores.fill(bytes, 4 * PAGE, PAGE, 0));
        }

        assertThat(events(torn)).hasSize(3);

        assertThat(Arrays.copyOfRange(torn.files().get(FIRST), 5 * PAGE, 8 * PAGE))
                .containsOnly(0);
    }

    @Test
    void a_torn_frame_whose_data_holds_an_older_frame_at_the_place_of_a_frame_is_a_torn_tail() {
        SimulatedDisk disk = new SimulatedDisk();
        SimulatedDisk torn;
        try (LogEventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 3);
            torn = Stores.change(disk.copy(), FIRST, bytes -> {
                int length = FrameFormat.bytesAt(bytes, 2 * PAGE);
                System.arraycopy(bytes, 2 * PAGE, bytes, 6 * PAGE, length);
                return bytes;
            });
        }

        assertThat(events(torn)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void garbage_beyond_the_last_frame_is_removed(boolean closed) {
        SimulatedDisk store = closed ? clean(3) : unclean(3);
        SimulatedDisk dirty = Stores.change(store, FIRST, bytes -> Stores.fill(bytes, 6 * PAGE + 17, 9_000, 0x5a));

        assertThat(events(dirty)).hasSize(3);

        assertThat(Arrays.copyOfRange(dirty.files().get(FIRST), 6 * PAGE, 10 * PAGE))
                .containsOnly(0);
    }

    @Test
    void a_frame_that_stands_in_the_page_cache_only_is_made_durable_before_anyone_sees_it() {
        SimulatedDisk disk = new SimulatedDisk();
        LogEventStore store = Stores.open(disk);
        Stores.appendSmall(store, 3);
        disk.fail(Fault.io(Operation.on(Kind.SYNC, FIRST), Form.LOST));
        assertThatThrownBy(() -> store.append(Append.of(event("order-1", 3))))
                .isInstanceOf(OutcomeUnknownException.class);
        store.close();
        assertThat(events(disk.afterPowerLoss(Survival.none()))).hasSize(3);

        try (LogEventStore again = Stores.open(disk)) {
            assertThat(again.nextPosition()).isEqualTo(4);

            assertThat(events(disk.afterPowerLoss(Survival.none()))).hasSize(4);
        }
    }

    // Corruption

    @Test
    void damage_before_the_last_frame_refuses_to_open_says_where_and_changes_nothing() {
        SimulatedDisk damaged = flip(unclean(5), FIRST, 2 * PAGE + 80);

        assertRefused(
                damaged,
                CorruptStoreException.class,
                "File log-000000000000.open is corrupt at byte 8192: frame 1 expected, none found, but frame 2 follows"
                        + " at byte 12288" + ADVICE);
    }

    @Test
    void damage_in_a_segment_that_is_not_the_newest_is_said_with_its_byte() {
        SimulatedDisk disk = new SimulatedDisk();
        SimulatedDisk damaged;
        try (LogEventStore store = Stores.open(disk)) {
            // Nothing is sealed, so that two open segments are there.
            disk.fail(Fault.io(Operation.on(Kind.CREATE, ".log.tmp"), Form.LOST).always());
            Stores.appendSmall(store, 20);
            damaged = flip(disk.copy(), FIRST, 3 * PAGE + 80);
        }

        assertThat(damaged.files()).containsKey("log-000000000015.open");
        assertRefused(
                damaged,
                CorruptStoreException.class,
                "File log-000000000000.open is corrupt at byte 12288: frame 2 expected, none found, but the"
                        + " next segment begins with frame 15" + ADVICE);
    }

    @Test
    void a_damaged_last_frame_of_a_closed_store_is_corruption_and_nothing_is_changed() {
        SimulatedDisk closed = clean(3);

        assertRefused(
                flip(closed, FIRST, 4 * PAGE + 8),
                CorruptStoreException.class,
                "File log-000000000000.open is corrupt at byte 16384: a log of 4 frames expected, as it was closed, one"
                        + " of 3 found" + ADVICE);
    }

    @Test
    void a_frame_of_another_log_is_corruption() {
        byte[] other = unclean(6).files().get(FIRST);
        SimulatedDisk mixed = Stores.change(unclean(3), FIRST, bytes -> {
            System.arraycopy(other, 4 * PAGE, bytes, 4 * PAGE, PAGE);
            return bytes;
        });

        assertThatThrownBy(() -> Stores.open(mixed))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageMatching("File log-000000000000\\.open is corrupt at byte 16384: a frame after checksum"
                        + " 0x[0-9a-f]{8} expected, one after 0x[0-9a-f]{8} found\\Q" + ADVICE + "\\E");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 4_000})
    void a_damaged_header_of_a_segment_with_frames_is_corruption(int at) {
        assertThatThrownBy(() -> Stores.open(flip(unclean(3), FIRST, at)))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageStartingWith("File log-000000000000.open is corrupt at byte ")
                .hasMessageEndingWith(ADVICE);
    }

    @Test
    void a_segment_whose_header_and_first_frames_are_gone_is_corrupt_and_not_unfinished() {
        SimulatedDisk damaged = Stores.change(unclean(5), FIRST, bytes -> Stores.fill(bytes, 0, 3 * PAGE, 0));

        assertRefused(
                damaged,
                CorruptStoreException.class,
                "File log-000000000000.open is corrupt at byte 0: the header of a segment expected,"
                        + " something else found"
                        + ADVICE);
    }

    @Test
    void a_segment_of_another_store_is_refused() {
        SimulatedDisk ours = unclean(3);
        SimulatedDisk mixed = with(ours, FIRST, unclean(3).files().get(FIRST));

        assertThatThrownBy(() -> Stores.open(mixed))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageMatching(
                        "File log-000000000000\\.open is corrupt at byte 24: a segment of store [0-9a-f-]{36}"
                                + " expected, one of store [0-9a-f-]{36} found\\Q" + ADVICE + "\\E");
    }

    // Files in the making, and files that are missing

    @Test
    void what_was_in_the_making_is_removed() {
        SimulatedDisk disk = with(unclean(3), "log-000000000000.log.tmp", new byte[5_000]);

        assertThat(events(disk)).hasSize(3);

        assertThat(disk.files()).doesNotContainKey("log-000000000000.log.tmp");
    }

    @Test
    void of_a_segment_that_is_there_open_and_sealed_the_sealed_one_stays() {
        SegmentedStore store = new SegmentedStore();
        SimulatedDisk both = with(store.closed.copy(), FIRST, store.firstOpen);

        assertThat(events(both)).isEqualTo(store.events);

        assertThat(both.files()).containsKey("log-000000000000.log").doesNotContainKey(FIRST);
    }

    @Test
    void an_open_segment_stays_when_its_sealed_one_is_damaged() {
        SegmentedStore store = new SegmentedStore();
        SimulatedDisk both = flip(with(store.closed.copy(), FIRST, store.firstOpen), "log-000000000000.log", 40);

        assertThatThrownBy(() -> Stores.open(both)).isInstanceOf(CorruptStoreException.class);

        assertThat(both.files()).containsKey(FIRST);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60, 512, 4_095, 4_096, 20_000})
    void a_new_segment_that_was_not_finished_is_removed(int bytes) {
        SegmentedStore store = new SegmentedStore();
        String next = "log-" + String.format("%012d", store.framesUnclean) + ".open";
        byte[] content = Arrays.copyOf(Arrays.copyOf(store.firstOpen, Math.min(bytes, 60)), bytes);
        SimulatedDisk disk = with(store.unclean.copy(), next, content);

        assertThat(events(disk)).isEqualTo(store.events);
    }

    @Test
    void a_new_segment_without_frames_is_gone_on_with() {
        SimulatedDisk disk = unclean(3);
        byte[] header = Arrays.copyOf(disk.files().get(FIRST), PAGE);
        SimulatedDisk noFrames =
                with(new SimulatedDisk(Map.of("STORE", disk.files().get("STORE"))), FIRST, header);

        assertThat(events(noFrames)).isEmpty();
    }

    @Test
    void a_missing_segment_is_noticed_wherever_it_was() {
        SegmentedStore store = new SegmentedStore();
        List<String> segments = store.unclean.files().keySet().stream()
                .filter(name -> name.startsWith("log-"))
                .toList();
        assertThat(segments).hasSizeGreaterThanOrEqualTo(4);

        for (String missing : segments) {
            assertThatThrownBy(() -> Stores.open(without(store.unclean, missing)))
                    .as("unclean without " + missing)
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageEndingWith(ADVICE);
            assertThatThrownBy(() -> Stores.open(without(store.closed, missing)))
                    .as("closed without " + missing)
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageEndingWith(ADVICE);
        }
    }

    @Test
    void a_missing_segment_in_the_middle_is_said_with_the_one_after_it() {
        SegmentedStore store = new SegmentedStore();
        String second = store.closed.files().keySet().stream()
                .filter(name -> name.startsWith("log-"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        long fromFrame = Long.parseLong(second.substring(4, 16));

        assertRefused(
                without(store.closed, second),
                CorruptStoreException.class,
                "File log-000000000000.log is corrupt at byte 0: frames up to " + store.thirdFrame
                        + " expected, the last one is " + (fromFrame - 1) + ADVICE);
    }

    @Test
    void the_missing_newest_segment_of_a_store_that_was_not_closed_is_said() {
        assertRefused(
                without(unclean(3), FIRST),
                CorruptStoreException.class,
                "File log-000000000000.open is corrupt at byte 0: the newest segment expected, it is missing" + ADVICE);
    }

    @Test
    void a_file_with_an_impossible_number_is_no_segment() {
        SimulatedDisk disk = with(unclean(3), "log-9999999999999999999.open", new byte[10]);

        assertThat(events(disk)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void a_store_whose_opening_fails_at_any_read_leaves_no_file_open(Mode mode) {
        SegmentedStore store = new SegmentedStore();
        List<Supplier<Throwable>> failures =
                List.of(() -> new IOException("Input/output error"), () -> new OutOfMemoryError("simulated"));
        for (Supplier<Throwable> failure : failures) {
            boolean failed = true;
            for (int read = 0; failed; read++) {
                SimulatedDisk disk = store.unclean.copy();
                AtomicInteger readsLeft = new AtomicInteger(read);
                disk.fail(Fault.error(
                        operation -> operation.kind() == Kind.READ && readsLeft.getAndDecrement() == 0,
                        Form.LOST,
                        failure));
                failed = fails(disk, mode);
                assertThat(disk.openFiles())
                        .as("files that stay open, failed at read " + read)
                        .isZero();
            }
        }
    }

    private static boolean fails(SimulatedDisk disk, Mode mode) {
        LogOpening opening = new LogOpening(disk, Stores.SMALL, () -> new StepwiseExecutor(1));
        try {
            LogEventStore.open(opening, mode, Stores.clock()).close();
            return false;
        } catch (EventStoreException | OutOfMemoryError failure) {
            return true;
        }
    }

    private static void assertRefused(SimulatedDisk disk, Class<? extends EventStoreException> by, String message) {
        Map<String, Bytes> before = Stores.contents(disk);
        AtomicReference<LogEventStore> opened = new AtomicReference<>();
        assertThatThrownBy(() -> opened.set(Stores.open(disk))).isInstanceOf(by).hasMessage(message);
        assertThat(Stores.contents(disk)).as("nothing is changed").containsAllEntriesOf(before);
        // The lock is free again: the same answer, not "open for writing already".
        assertThatThrownBy(() -> opened.set(Stores.open(disk))).isInstanceOf(by).hasMessage(message);
        assertThat(disk.openFiles()).as("files that stay open").isZero();
    }

    /// A store of several sealed segments and an open one; closed, and as a killed process leaves it.
    private static final class SegmentedStore {

        final SimulatedDisk closed;
        final SimulatedDisk unclean;
        final byte[] firstOpen;
        final List<RecordedEvent> events;
        final long framesUnclean;
        final long thirdFrame;

        SegmentedStore() {
            SimulatedDisk disk = new SimulatedDisk();
            AtomicReference<byte[]> first = new AtomicReference<>();
            disk.before(
                    operation ->
                            operation.kind() == Kind.SYNC && operation.file().endsWith(".log.tmp"),
                    () -> first.compareAndSet(null, disk.files().get(FIRST)));
            try (LogEventStore store = Stores.open(disk)) {
                Stores.appendSmall(store, 50);
                unclean = disk.copy();
                events = events(store);
            }
            closed = disk.copy();
            firstOpen = first.get();
            framesUnclean = 50;
            thirdFrame = closed.files().keySet().stream()
                    .filter(name -> name.startsWith("log-"))
                    .skip(2)
                    .mapToLong(name -> Long.parseLong(name.substring(4, 16)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
