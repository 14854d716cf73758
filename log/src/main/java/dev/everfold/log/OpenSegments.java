package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/// What recovery and followers do alike with the file of an open segment.
final class OpenSegments {

    private OpenSegments() {}

    /// Reads the header of an open segment.
    ///
    /// @param mayBeUnfinished whether a crash may have left it without a header
    /// @return empty when it is unfinished: no header and no frame
    /// @throws CorruptStoreException when the header is damaged and that is no crash's doing
    static Optional<OpenSegment> open(StorageFile file, UUID storeId, boolean mayBeUnfinished) throws IOException {
        try {
            return Optional.of(new OpenSegment(file, SegmentFormat.readHeader(file, storeId)));
        } catch (CorruptStoreException damage) {
            FrameScanner scanner = new FrameScanner(
                    file::read, SegmentFormat.OPEN_ALIGNMENT, SegmentFormat.HEADER_BYTES, SegmentFormat.HEADER_BYTES);
            if (!mayBeUnfinished || scanner.isAtFrame()) {
                file.close();
                throw damage;
            }
            return Optional.empty();
        }
    }

    /// Adds the frame at which the scanner stands, when there is a whole one that follows the segment's last.
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
        boolean whole = mismatch.isEmpty() && scanner.visit(new AppendFormat.Visitor() {
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
        segment.addFrame(end.after(scanner.header()), scanner.offset() + scanner.header().bytes());
        return true;
    }
}
