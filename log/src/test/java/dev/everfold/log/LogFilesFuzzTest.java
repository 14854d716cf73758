package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.StepwiseExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whatever stands in the files of a store, opening, reading and verifying it ends with an exception of
/// ours, or with the first so many events as they were stored; and takes memory in proportion to the files.
@ExtendWith(QuietLog.class)
class LogFilesFuzzTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ALLOCATED_BYTES_MAX = 24 << 20;
    private static final String FIRST = "log-000000000000.open";
    private static final int PAGE = 4_096;

    /// Little to remember, so that opening is fast.
    private static final LogOptions OPTIONS = Stores.SMALL.withLimits(Limits.DEFAULTS.withRememberedAppends(1_000));

    /// Stores to begin with: killed and closed, with an open segment alone and with sealed ones and runs.
    private static final List<SimulatedDisk> STORES =
            List.of(Stores.unclean(5), Stores.clean(5), Stores.unclean(40), Stores.clean(40));

    private static final List<List<RecordedEvent>> EVENTS =
            STORES.stream().map(disk -> Stores.events(disk.copy())).toList();

    /// Edits of the files of a whole store.
    @FuzzTest(maxDuration = "60s")
    void edited_files_hold_the_first_so_many_events_or_are_refused(byte[] input) throws IOException {
        int number = input.length == 0 ? 0 : (input[0] & 0xff) % STORES.size();
        Edits edits = Edits.apply(STORES.get(number).files(), input, 1);

        check(edits.files(), edits.sealed() ? List.of() : EVENTS.get(number), edits.sealed());
    }

    /// Any bytes where the frames of an open segment stand.
    @FuzzTest(maxDuration = "60s")
    void any_bytes_in_a_segment_are_no_events_or_are_refused(byte[] input) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(STORES.getFirst().files());
        byte[] segment = Arrays.copyOf(files.get(FIRST), PAGE + Math.max(input.length, PAGE));
        Arrays.fill(segment, PAGE, segment.length, (byte) 0);
        System.arraycopy(input, 0, segment, PAGE, input.length);
        files.put(FIRST, segment);

        check(files, List.of(), false);
    }

    /// Any bytes as what a whole frame holds: its checksum is right, its counts are the first two bytes.
    @FuzzTest(maxDuration = "60s")
    void any_bytes_in_a_whole_frame_are_appends_and_records_or_are_refused(byte[] input) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(STORES.getFirst().files());
        int content = (Math.max(input.length - 2, 0) + 7) & -8;
        int bytes = FrameFormat.HEADER_BYTES + content + FrameFormat.TRAILER_BYTES;
        byte[] segment = new byte[PAGE + (bytes + 2 * PAGE - 1 & -PAGE)];
        System.arraycopy(files.get(FIRST), 0, segment, 0, PAGE);
        byte[] frame = new byte[bytes];
        if (input.length > 2) {
            System.arraycopy(input, 2, frame, FrameFormat.HEADER_BYTES, input.length - 2);
        }
        int events = input.length > 0 ? input[0] : 0;
        int appends = input.length > 1 ? input[1] : 0;
        FrameFormat.seal(frame, new FrameFormat.Header(bytes, 0, 1, 0, 0, events, appends, 0, 0, 0));
        System.arraycopy(frame, 0, segment, PAGE, bytes);
        files.put(FIRST, segment);

        check(files, List.of(), true);
    }

    /// @param originals what was stored
    /// @param forged whether checksums are right although the content is another one
    private static void check(Map<String, byte[]> files, List<RecordedEvent> originals, boolean forged)
            throws IOException {
        long bytes = files.values().stream().mapToLong(file -> file.length).sum();
        // At most twice, since what is done for the first time loads classes.
        if (allocatedBytes(files) > ALLOCATED_BYTES_MAX + 16 * bytes) {
            assertThat(allocatedBytes(files))
                    .as("bytes allocated for files of " + bytes + " bytes")
                    .isLessThan(ALLOCATED_BYTES_MAX + 16 * bytes);
        }

        try (LogEventStore store = open(new SimulatedDisk(files), Mode.READ)) {
            checkPrefix(readAll(store), originals, forged);
        } catch (EventStoreException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        SimulatedDisk disk = new SimulatedDisk(files);
        try (LogEventStore store = open(disk, Mode.CREATE)) {
            List<RecordedEvent> found = readAll(store);
            checkPrefix(found, originals, forged);
            store.append(Append.of(Stores.event("order-1", 1_000)));
            assertThat(store.nextPosition()).isEqualTo(found.size() + 1);
        } catch (EventStoreException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private static long allocatedBytes(Map<String, byte[]> files) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        inspect(new SimulatedDisk(files));
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /// Recovery, and verification, which reads every byte.
    private static void inspect(SimulatedDisk disk) throws IOException {
        try {
            Recovery.run(disk, StoreFile.read(disk), false);
        } catch (EventStoreException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        try {
            LogVerifier.verify(disk, events -> {});
        } catch (EventStoreException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private static LogEventStore open(SimulatedDisk disk, Mode mode) {
        return LogEventStore.open(new LogOpening(disk, OPTIONS, () -> new StepwiseExecutor(1)), mode, Stores.clock());
    }

    private static List<RecordedEvent> readAll(LogEventStore store) {
        List<RecordedEvent> events = store.read(Read.all()).toList();
        for (Read read : List.of(Read.stream("order-1"), Read.matching(Query.types("order.placed")))) {
            assertThat(store.read(read).toList()).hasSizeLessThanOrEqualTo(events.size());
        }
        return events;
    }

    private static void checkPrefix(List<RecordedEvent> found, List<RecordedEvent> originals, boolean forged) {
        if (!forged) {
            assertThat(found.size()).isLessThanOrEqualTo(originals.size());
            assertThat(found).isEqualTo(originals.subList(0, found.size()));
        }
    }
}
