package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SealedSegment;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Finds out what a directory holds, and for a writer makes it fit to be written to.
///
/// A frame is written only after the one before it was synced, so at most one frame, the last, can be
/// unfinished. That tells a torn tail from corruption:
///
/// 1. The first place without a whole frame is followed by a whole frame: the missing one had been
///    acknowledged. This is **corruption**; nothing is changed, and the store does not open for
///    writing.
/// 2. Nothing follows: a **torn tail**. Nobody was told of it; it is overwritten with zeros.
/// 3. The last whole frame may stand in the page cache only, left by a killed process or by a failed
///    sync. It is written again and synced before anyone may see it. The bytes are the same, so a crash
///    meanwhile changes nothing.
/// 4. A store that was closed says where it ended, so there every difference is corruption.
/// 5. Names, and the header of a segment without frames, may likewise be seen and not be durable. They are made
///    so before anything is built on them.
final class Recovery {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Storage storage;
    private final StoreFile store;
    private final boolean writable;

    private final List<Segment> segments = new ArrayList<>();
    private LogEnd end = LogEnd.EMPTY;
    private long tornBytes;
    private long lastFrameOffset = -1;

    private Recovery(Storage storage, StoreFile store, boolean writable) {
        this.storage = storage;
        this.store = store;
        this.writable = writable;
    }

    /// What was found.
    ///
    /// @param segments in order; the last one is open unless there is none
    /// @param end where the log stands; for a reader, as far as it is proven to be durable
    /// @param tornBytes length of the torn tail that was removed
    record Result(List<Segment> segments, LogEnd end, long tornBytes) {}

    /// Reads the directory; when `writable`, repairs the tail and removes what is left over.
    ///
    /// @throws CorruptStoreException when acknowledged events are damaged or missing
    static Result run(Storage storage, StoreFile store, boolean writable) throws IOException {
        Recovery recovery = new Recovery(storage, store, writable);
        try {
            return recovery.run();
        } catch (IOException | RuntimeException | Error failure) {
            new Segments(recovery.segments).close();
            throw failure;
        }
    }

    private Result run() throws IOException {
        if (writable) {
            storage.syncDirectory();
        }
        NavigableMap<Long, String> names = segmentNames(storage);
        if (writable) {
            removeLeftovers(names);
        }
        List<String> frameless = OpenSegments.takeFrameless(storage, names);
        for (Map.Entry<Long, String> name : names.entrySet()) {
            add(name.getValue(), Optional.ofNullable(names.higherKey(name.getKey())));
        }
        for (String name : frameless) {
            addOrDropFrameless(name);
        }
        requireNewestSegment();
        requireClosedEnd();
        for (Segment segment : segments) {
            if (writable && segment instanceof OpenSegment open) {
                clearTail(open);
            }
        }
        boolean proven = store.closed().isPresent() && store.closed().get().frames() == end.frames();
        if (!proven && lastFrameOffset >= 0 && segments.getLast() instanceof OpenSegment segment) {
            if (writable) {
                writeAgain(segment, lastFrameOffset, segment.framesEnd());
            } else {
                end = withoutUnprovenFrame(segment);
            }
        }
        return new Result(segments, end, tornBytes);
    }

    /// Names of segments by their first frame; where an open and a sealed one cover the same frames, the
    /// sealed one.
    static NavigableMap<Long, String> segmentNames(Storage storage) throws IOException {
        NavigableMap<Long, String> names = new TreeMap<>();
        for (String name : storage.list()) {
            SegmentFormat.fromFrame(name)
                    .ifPresent(frame -> names.merge(frame, name, (a, b) -> a.endsWith(".log") ? a : b));
        }
        return names;
    }

    /// Removes files in the making, and open segments whose sealed form is there.
    private void removeLeftovers(NavigableMap<Long, String> names) throws IOException {
        boolean removed = false;
        for (String name : storage.list()) {
            boolean replaced = SegmentFormat.fromFrame(name).isPresent() && !names.containsValue(name);
            if (replaced) {
                long fromFrame = SegmentFormat.fromFrame(name).getAsLong();
                SealedSegment.open(storage, SegmentFormat.sealedName(fromFrame), store.storeId());
            }
            if (replaced || (name.startsWith("log-") && name.endsWith(".tmp"))) {
                storage.delete(name);
                removed = true;
            }
        }
        if (removed) {
            storage.syncDirectory();
        }
    }

    private void add(String name, Optional<Long> following) throws IOException {
        if (name.endsWith(".log")) {
            Segment segment = SealedSegment.open(storage, name, store.storeId());
            requireFollows(segment);
            segments.add(segment);
            end = segment.end();
            lastFrameOffset = -1;
        } else {
            addOpen(name, following);
        }
        if (following.isPresent() && following.get() != end.frames()) {
            throw SegmentFormat.corrupt(
                    name, 0, "frames up to " + following.get() + " expected, the last one is " + (end.frames() - 1));
        }
    }

    /// A segment without frames is the newest one, about to be written to, or it is left over: by a
    /// crash while it was made, or by an attempt that found no space, after which the log went on in
    /// the one before.
    private void addOrDropFrameless(String name) throws IOException {
        StorageFile file = writable ? storage.openForWriting(name) : storage.openForReading(name);
        Optional<OpenSegment> segment = OpenSegments.open(file, store.storeId(), true);
        if (segment.isPresent() && segment.get().header().start().equals(end)) {
            segments.add(segment.get());
            lastFrameOffset = -1;
            if (writable) {
                writeAgain(segment.get(), 0, SegmentFormat.HEADER_BYTES);
            }
            return;
        }
        file.close();
        boolean framesMissing =
                segment.isPresent() && segment.get().header().start().frames() > end.frames();
        if (framesMissing) {
            throw SegmentFormat.corrupt(
                    name,
                    0,
                    "frames up to " + segment.get().header().start().frames() + " expected before it, the last one is "
                            + (end.frames() - 1));
        }
        if (writable) {
            storage.delete(name);
            storage.syncDirectory();
        }
    }

    private void addOpen(String name, Optional<Long> following) throws IOException {
        StorageFile file = writable ? storage.openForWriting(name) : storage.openForReading(name);
        OpenSegment segment = OpenSegments.open(file, store.storeId(), false).orElseThrow();
        segments.add(segment);
        requireFollows(segment);
        lastFrameOffset = -1;
        FrameScanner scanner =
                new FrameScanner(segment::read, SegmentFormat.OPEN_ALIGNMENT, SegmentFormat.HEADER_BYTES, CHUNK_BYTES);
        do {
            while (OpenSegments.addFrame(segment, scanner)) {
                lastFrameOffset = scanner.offset();
                scanner.skipFrame();
            }
        } while (following.isEmpty() && grewMeanwhile(segment, scanner));
        end = segment.end();
        if (following.isPresent() && following.get() > end.frames()) {
            throw SegmentFormat.corrupt(
                    name,
                    scanner.offset(),
                    "frame " + end.frames() + " expected, none found, but the next segment begins with frame "
                            + following.get());
        }
    }

    private void requireFollows(Segment segment) {
        if (!segment.header().start().equals(end)) {
            throw SegmentFormat.corrupt(
                    segment.name(),
                    0,
                    "a segment from frame " + end.frames() + " expected, one from frame "
                            + segment.header().start().frames() + " found");
        }
    }

    /// Looks for whole frames beyond the first place without one.
    ///
    /// @return true when a running writer has filled that place since; only a reader can see this
    /// @throws CorruptStoreException when the place stays empty and a whole frame follows
    private boolean grewMeanwhile(OpenSegment segment, FrameScanner scanner) throws IOException {
        long missing = scanner.offset();
        FrameScanner ahead = new FrameScanner(segment::read, SegmentFormat.OPEN_ALIGNMENT, missing, CHUNK_BYTES);
        do {
            if (OpenSegments.isAtLaterFrame(segment.end(), missing, ahead)) {
                scanner.refresh();
                if (!writable && scanner.isAtFrame()) {
                    return true;
                }
                throw SegmentFormat.corrupt(
                        segment.name(),
                        missing,
                        "frame " + segment.end().frames() + " expected, none found, but frame "
                                + ahead.header().frame() + " follows at byte " + ahead.offset());
            }
        } while (ahead.skipGap());
        return false;
    }

    /// While a store is open for writing there is an open segment: a segment is sealed only after the next
    /// one is durable.
    private void requireNewestSegment() {
        boolean missing = segments.isEmpty() || !(segments.getLast() instanceof OpenSegment);
        // A reader may have listed the files just before the writer made the newest one.
        if (writable && missing && store.closed().isEmpty()) {
            throw SegmentFormat.corrupt(
                    SegmentFormat.openName(end.frames()), 0, "the newest segment expected, it is missing");
        }
    }

    /// A store that was closed says where it ended.
    private void requireClosedEnd() {
        if (store.closed().isEmpty()) {
            return;
        }
        StoreFile.Closed closed = store.closed().get();
        boolean same = end.frames() == closed.frames() && end.checksum() == closed.checksum();
        // More frames than that: the slot that said "open" was damaged since, and this is the older one.
        if (end.frames() < closed.frames() || (end.frames() == closed.frames() && !same)) {
            String file = segments.isEmpty()
                    ? "log-000000000000.open"
                    : segments.getLast().name();
            long offset = segments.isEmpty() ? 0 : OpenSegments.nextFrameOffset(segments.getLast());
            throw SegmentFormat.corrupt(
                    file,
                    offset,
                    "a log of " + closed.frames() + " frames expected, as it was closed, one of " + end.frames()
                            + " found");
        }
    }

    /// What a reader may see: the last frame is not yet proven durable.
    private LogEnd withoutUnprovenFrame(OpenSegment segment) throws IOException {
        FrameScanner scanner = new FrameScanner(
                segment::read, SegmentFormat.OPEN_ALIGNMENT, lastFrameOffset, FrameFormat.HEADER_BYTES);
        scanner.isAtFrame();
        FrameFormat.Header last = scanner.header();
        LogEnd proven = new LogEnd(last.frame(), last.fromPosition(), last.fromAppend(), last.previousChecksum());
        segment.addFrame(proven, lastFrameOffset);
        return proven;
    }

    /// Overwrites what lies beyond the last frame with zeros.
    private void clearTail(OpenSegment segment) throws IOException {
        long from = segment.framesEnd();
        long size = segment.bytes();
        byte[] chunk = new byte[64 << 10];
        boolean cleared = false;
        for (long at = from; at < size; at += chunk.length) {
            int length = segment.read(at, chunk, 0, (int) Math.min(chunk.length, size - at));
            for (int i = 0; i < length; i++) {
                if (chunk[i] != 0) {
                    segment.file().write(at, ByteBuffer.wrap(new byte[length]));
                    tornBytes += length;
                    cleared = true;
                    break;
                }
            }
        }
        if (cleared) {
            segment.file().sync();
        }
    }

    /// Makes bytes durable that may stand in the page cache only. A sync alone might say that it is done and
    /// not do it, after one that failed.
    private static void writeAgain(OpenSegment segment, long from, long to) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(to - from)];
        segment.read(from, bytes, 0, bytes.length);
        segment.file().write(from, ByteBuffer.wrap(bytes));
        segment.file().sync();
    }
}
