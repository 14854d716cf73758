package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification.Damage;
import dev.everfold.log.index.TermHash;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.SealedSegment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/// Verifies segments one after another, as a part of [LogVerifier].
final class SegmentVerification {

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int TAIL_CHUNK_BYTES = 64 << 10;
    private static final int EVENTS_BETWEEN_REPORTS = 1 << 16;

    private final Storage storage;
    private final StoreFile store;
    private final boolean live;
    private final IndexVerification index;
    private final List<Damage> damages;
    private final List<String> notes;
    private final LongConsumer progress;
    private final TermHash terms;
    private final RevisionTable revisions = new RevisionTable();

    private LogEnd end = LogEnd.EMPTY;
    private long events;
    private long bytes;
    private long recordedMicros = Long.MIN_VALUE;
    private boolean complete = true;

    SegmentVerification(
            Storage storage,
            StoreFile store,
            boolean live,
            IndexVerification index,
            List<Damage> damages,
            List<String> notes,
            LongConsumer progress) {
        this.storage = storage;
        this.store = store;
        this.live = live;
        this.index = index;
        this.damages = damages;
        this.notes = notes;
        this.progress = progress;
        this.terms = new TermHash(store.storeId());
    }

    LogEnd end() {
        return end;
    }

    long events() {
        return events;
    }

    long bytes() {
        return bytes;
    }

    /// Whether every event was seen, so that others can be checked against them.
    boolean complete() {
        return complete;
    }

    /// Verifies a segment.
    ///
    /// @param following first frame of the segment after it
    void verify(String name, Optional<Long> following) throws IOException {
        try (StorageFile file = open(name)) {
            verify(file);
        } catch (CorruptStoreException damage) {
            report(new Damage(name, 0, damage.getMessage()));
        }
        if (following.isPresent() && following.get() != end.frames()) {
            report(new Damage(
                    name,
                    0,
                    "frames up to " + following.get() + " expected, " + end.frames() + " found; the rest of it"
                            + " was not checked. Restore a backup"));
            // Go on with the next segment as if this one were whole.
            end = new LogEnd(following.get(), end.nextPosition(), end.appends(), end.checksum());
        }
    }

    /// Opens a segment, which a running writer may have sealed since its name was listed.
    private StorageFile open(String name) throws IOException {
        try {
            return storage.openForReading(name);
        } catch (NoSuchFileException sealedMeanwhile) {
            return storage.openForReading(
                    SegmentFormat.sealedName(SegmentFormat.fromFrame(name).orElseThrow()));
        }
    }

    private void verify(StorageFile file) throws IOException {
        SegmentFormat.Header header = SegmentFormat.readHeader(file, store.storeId());
        if (!header.start().equals(end)) {
            if (complete) {
                report(new Damage(
                        file.name(),
                        0,
                        "a segment from frame " + end.frames() + " expected, one from frame "
                                + header.start().frames() + " found"));
            }
            end = header.start();
        }
        boolean sealed = file.name().endsWith(".log");
        FrameScanner scanner =
                new FrameScanner(file::read, header.alignment(), SegmentFormat.HEADER_BYTES, CHUNK_BYTES);
        OffsetTable offsets = new OffsetTable();
        long framesEnd = SegmentFormat.HEADER_BYTES;
        while (scanner.isAtFrame() && end.mismatch(scanner.header()).isEmpty()) {
            verifyFrame(file.name(), scanner, offsets);
            framesEnd = scanner.offset() + scanner.header().bytes();
            if (!live && !scanner.hasCleanPadding()) {
                report(new Damage(file.name(), framesEnd, "zeros after frame " + (end.frames() - 1) + " expected"));
            }
            scanner.skipFrame();
        }
        if (sealed) {
            verifyFooter(file, framesEnd, offsets);
        } else {
            verifyTail(file, scanner);
        }
        bytes += file.size();
    }

    private void verifyFrame(String file, FrameScanner scanner, OffsetTable offsets) throws IOException {
        FrameFormat.Header frame = scanner.header();
        index.startFrame(frame.frame());
        boolean whole = scanner.visit(new AppendFormat.Visitor() {
            @Override
            public void append(AppendFormat.Header header, long fromPosition) {
                index.append(header, fromPosition);
            }

            @Override
            public void record(byte[] buffer, int offset, long position) {
                offsets.add(scanner.fileOffset(offset));
                verifyRecord(file, scanner.fileOffset(offset), buffer, offset, position);
            }
        });
        if (!whole) {
            report(new Damage(file, scanner.offset(), "a frame of appends and records expected"));
        }
        end = end.after(frame);
    }

    private void verifyRecord(String file, long at, byte[] buffer, int offset, long position) {
        RecordedEvent event = RecordedEvent.view(buffer, offset);
        if (!EventFormat.isWhole(buffer, offset, offset + EventFormat.recordBytes(buffer, offset))
                || event.position() != position) {
            report(new Damage(file, at, "the record of position " + position + " expected; restore a backup"));
            return;
        }
        if (event.recordedMicros() < recordedMicros) {
            report(new Damage(file, at, "the recorded time of position " + position + " falls; restore a backup"));
        }
        recordedMicros = event.recordedMicros();
        event.withStream((name, from, length) -> {
            long expected = revisions.next(terms.stream(name, from, length));
            if (complete && event.revision() != expected) {
                report(new Damage(
                        file,
                        at,
                        "revision " + expected + " expected at position " + position + ", " + event.revision()
                                + " found; restore a backup"));
            }
        });
        index.event(event);
        if (++events % EVENTS_BETWEEN_REPORTS == 0) {
            progress.accept(events);
        }
    }

    private void verifyFooter(StorageFile file, long framesEnd, OffsetTable offsets) throws IOException {
        try (SealedSegment segment = SealedSegment.open(storage, file.name(), store.storeId())) {
            if (segment.framesEnd() != framesEnd || !segment.end().equals(end)) {
                report(new Damage(
                        file.name(),
                        framesEnd,
                        "frames up to " + segment.end().frames() + " expected, " + end.frames()
                                + " found; restore a backup"));
            } else if (segment.offsetsChecksum() != offsets.checksum()
                    || checksum(file, framesEnd, file.size() - 64) != segment.offsetsChecksum()) {
                report(new Damage(file.name(), framesEnd, "another table of offsets expected; restore a backup"));
            }
        }
    }

    /// What lies beyond the last frame of the log.
    private void verifyTail(StorageFile file, FrameScanner scanner) throws IOException {
        if (live) {
            return;
        }
        long from = scanner.offset();
        do {
            if (OpenSegments.isAtLaterFrame(end, from, scanner)) {
                report(new Damage(
                        file.name(),
                        from,
                        "frame " + end.frames() + " expected, none found, but frame "
                                + scanner.header().frame() + " follows at byte " + scanner.offset()
                                + "; restore a backup"));
                return;
            }
        } while (scanner.skipGap());
        long dirty = firstNonZero(file, from);
        if (dirty >= 0 && store.closed().isPresent()) {
            report(new Damage(file.name(), dirty, "zeros after the last frame expected, since the store was closed"));
        } else if (dirty >= 0) {
            notes.add("An append that was not finished begins at byte " + dirty + " of " + file.name()
                    + "; nobody was told of it, and the next opening for writing removes it.");
        }
    }

    private static long firstNonZero(StorageFile file, long from) throws IOException {
        byte[] chunk = new byte[TAIL_CHUNK_BYTES];
        long at = from;
        for (int length = file.read(at, chunk, 0, chunk.length); length > 0; ) {
            for (int i = 0; i < length; i++) {
                if (chunk[i] != 0) {
                    return at + i;
                }
            }
            at += length;
            length = file.read(at, chunk, 0, chunk.length);
        }
        return -1;
    }

    private static int checksum(StorageFile file, long from, long to) throws IOException {
        byte[] table = new byte[Math.toIntExact(to - from)];
        file.read(from, table, 0, table.length);
        CRC32C crc = new CRC32C();
        crc.update(table);
        return (int) crc.getValue();
    }

    private void report(Damage damage) {
        complete = false;
        damages.add(damage);
    }

    /// Recomputes the checksum of a sealed segment's table of offsets.
    private static final class OffsetTable {

        private final CRC32C crc = new CRC32C();
        private final byte[] entry = new byte[4];
        private long entries;

        void add(long offset) {
            int eighths = (int) (offset >>> 3);
            for (int i = 0; i < 4; i++) {
                entry[i] = (byte) (eighths >>> (8 * i));
            }
            crc.update(entry, 0, 4);
            entries++;
        }

        int checksum() {
            if (entries % 2 == 1) {
                crc.update(new byte[4]);
                entries++;
            }
            return (int) crc.getValue();
        }
    }
}
