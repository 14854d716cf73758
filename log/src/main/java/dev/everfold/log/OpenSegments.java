package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What recovery and followers do alike with the file of an open segment.
final class OpenSegments {

    private static final int CHUNK_BYTES = 64 << 10;

    private OpenSegments() {}

    /// Reads the header of an open segment, and closes its file when there is none.
    ///
    /// @param mayBeUnfinished whether a crash may have left it without a header
    /// @return empty when it is unfinished: no header and no frame
    /// @throws CorruptStoreException when the header is damaged and that is no crash's doing
    static Optional<OpenSegment> open(StorageFile file, UUID storeId, boolean mayBeUnfinished) throws IOException {
        @Nullable OpenSegment segment = null;
        try {
            segment = read(file, storeId, mayBeUnfinished);
            return Optional.ofNullable(segment);
        } finally {
            if (segment == null) {
                file.close();
            }
        }
    }

    private static @Nullable OpenSegment read(StorageFile file, UUID storeId, boolean mayBeUnfinished)
            throws IOException {
        try {
            return new OpenSegment(file, SegmentFormat.readHeader(file, storeId));
        } catch (CorruptStoreException damage) {
            if (mayBeUnfinished && !hasFrame(file)) {
                return null;
            }
        }
        // The frame that was found may be of a running writer, and its header was written before it.
        return new OpenSegment(file, SegmentFormat.readHeader(file, storeId));
    }

    /// Where the frame after the last one begins, or would begin.
    static long nextFrameOffset(Segment segment) {
        int alignment = segment.header().alignment();
        return (segment.framesEnd() + alignment - 1) & -alignment;
    }

    /// Takes the open segments that have no frame anywhere out of the names.
    static List<String> takeFrameless(Storage storage, NavigableMap<Long, String> names) throws IOException {
        List<String> frameless = new ArrayList<>();
        for (String name : List.copyOf(names.values())) {
            if (name.endsWith(".open")) {
                try (StorageFile file = storage.openForReading(name)) {
                    if (!hasFrame(file)) {
                        frameless.add(name);
                    }
                } catch (NoSuchFileException sealedMeanwhile) {
                    // By a writer in another process, so it had frames.
                }
            }
        }
        names.values().removeAll(frameless);
        return frameless;
    }

    /// Whether a whole frame begins anywhere in the file: one alone tells a damaged segment from an
    /// unfinished one.
    private static boolean hasFrame(StorageFile file) throws IOException {
        FrameScanner scanner =
                new FrameScanner(file::read, SegmentFormat.OPEN_ALIGNMENT, SegmentFormat.HEADER_BYTES, CHUNK_BYTES);
        do {
            if (scanner.isAtFrame()) {
                return true;
            }
        } while (scanner.skipGap());
        return false;
    }

    /// Whether the scanner, beyond the first place without a whole frame, stands at one that was
    /// written later.
    ///
    /// A frame takes a page or more, so its number tells whether it may stand there. Others are data: an
    /// event of the frame that is missing may hold a copy of some log.
    ///
    /// @param end where the log ends before that place
    /// @param missing offset of that place
    static boolean isAtLaterFrame(LogEnd end, long missing, FrameScanner ahead) throws IOException {
        if (!ahead.isAtFrame()) {
            return false;
        }
        long later = ahead.header().frame() - end.frames();
        return later >= 0 && later <= (ahead.offset() - missing) / SegmentFormat.OPEN_ALIGNMENT;
    }

    /// Adds the frame at which the scanner stands, when there is a whole one that follows the segment's
    /// last.
    ///
    /// @return whether it was added
    /// @throws CorruptStoreException when there is a whole frame that does not follow, or is not made as
    ///     ours are
    static boolean addFrame(OpenSegment segment, FrameScanner scanner) throws IOException {
        if (!scanner.isAtFrame()) {
            return false;
        }
        LogEnd end = segment.end();
        Optional<String> mismatch = end.mismatch(scanner.header());
        boolean whole = mismatch.isEmpty()
                && scanner.visit(new AppendFormat.Visitor() {
                    @Override
                    public void append(AppendFormat.Header header, long fromPosition) {}

                    @Override
                    public void record(byte[] buffer, int offset, long position) {
                        segment.addRecord(position, scanner.fileOffset(offset));
                    }
                });
        if (!whole) {
            throw SegmentFormat.corrupt(
                    segment.name(), scanner.offset(), mismatch.orElse("a frame of appends and records expected"));
        }
        segment.addFrame(
                end.after(scanner.header()), scanner.offset() + scanner.header().bytes());
        return true;
    }
}
