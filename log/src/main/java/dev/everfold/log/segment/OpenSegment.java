package dev.everfold.log.segment;

import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.util.Arrays;

/// The segment that is being written.
///
/// Owned by the writer thread: [#addRecord] and [#addFrame]. What readers see below the published
/// position was added before it was published, so they need no lock.
public final class OpenSegment implements Segment {

    private static final int PAGE_BITS = 14;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    private final StorageFile file;
    private final SegmentFormat.Header header;

    /// Offsets of records in eighths, by position from the first; a page is never replaced once it is
    /// there.
    private volatile int[][] pages = new int[1][];

    private volatile LogEnd end;
    private volatile long framesEnd;

    /// A segment without frames whose header was written.
    public OpenSegment(StorageFile file, SegmentFormat.Header header) {
        this.file = file;
        this.header = header;
        this.end = header.start();
        this.framesEnd = SegmentFormat.HEADER_BYTES;
    }

    /// Adds the offset of the next record.
    public void addRecord(long position, long offset) {
        int index = Math.toIntExact(position - fromPosition());
        int page = index >>> PAGE_BITS;
        int[][] current = pages;
        if (page >= current.length) {
            current = Arrays.copyOf(current, current.length * 2);
            pages = current;
        }
        if (current[page] == null) {
            current[page] = new int[PAGE_SIZE];
        }
        current[page][index & (PAGE_SIZE - 1)] = (int) (offset >>> 3);
    }

    /// Adds a frame whose records were added.
    public void addFrame(LogEnd newEnd, long newFramesEnd) {
        framesEnd = newFramesEnd;
        end = newEnd;
    }

    /// Its file, for the writer.
    public StorageFile file() {
        return file;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public SegmentFormat.Header header() {
        return header;
    }

    @Override
    public LogEnd end() {
        return end;
    }

    @Override
    public long framesEnd() {
        return framesEnd;
    }

    @Override
    public long offset(long position) {
        int index = Math.toIntExact(position - fromPosition());
        return (pages[index >>> PAGE_BITS][index & (PAGE_SIZE - 1)] & 0xffff_ffffL) << 3;
    }

    @Override
    public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        return file.read(offset, target, targetOffset, length);
    }

    @Override
    public long bytes() throws IOException {
        return file.size();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
