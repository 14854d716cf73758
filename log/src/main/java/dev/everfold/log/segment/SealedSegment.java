package dev.everfold.log.segment;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A segment that never changes any more. It is mapped into memory when it is first read.
public final class SealedSegment implements Segment {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int LINE_BYTES = 64;
    private static final int TOUCHED_BYTES = 256;

    private final Storage storage;
    private final String name;
    private final SegmentFormat.Header header;
    private final SegmentFormat.Footer footer;
    private final long bytes;

    private volatile @Nullable MemorySegment mapped;

    private SealedSegment(
            Storage storage, String name, SegmentFormat.Header header, SegmentFormat.Footer footer, long bytes) {
        this.storage = storage;
        this.name = name;
        this.header = header;
        this.footer = footer;
        this.bytes = bytes;
    }

    /// Opens a sealed segment; reads its header and footer only.
    ///
    /// @throws dev.everfold.eventstore.CorruptStoreException when either is damaged
    public static SealedSegment open(Storage storage, String name, UUID storeId) throws IOException {
        try (StorageFile file = storage.openForReading(name)) {
            SegmentFormat.Header header = SegmentFormat.readHeader(file, storeId);
            long bytes = file.size();
            byte[] foot = new byte[SegmentFormat.FOOTER_BYTES];
            long at = Math.max(bytes - foot.length, 0);
            file.read(at, foot, 0, foot.length);
            SegmentFormat.Footer footer = SegmentFormat.footer(foot, name, at);
            long expected = footer.framesEnd()
                    + Layout.align(
                            4 * (footer.end().nextPosition() - header.start().nextPosition()), 8)
                    + foot.length;
            if (header.alignment() != SegmentFormat.SEALED_ALIGNMENT || expected != bytes) {
                throw SegmentFormat.corrupt(
                        name, at, "a file of " + expected + " bytes expected, one of " + bytes + " found");
            }
            return new SealedSegment(storage, name, header, footer, bytes);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SegmentFormat.Header header() {
        return header;
    }

    @Override
    public LogEnd end() {
        return footer.end();
    }

    @Override
    public long framesEnd() {
        return footer.framesEnd();
    }

    /// CRC32C that the table of offsets must have.
    public int offsetsChecksum() {
        return footer.offsetsChecksum();
    }

    @Override
    public long offset(long position) {
        try {
            long at = footer.framesEnd() + 4 * (position - fromPosition());
            return (mapped().get(INT, at) & 0xffff_ffffL) << 3;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InternalError failure) {
            throw new UncheckedIOException(unreadable(failure));
        }
    }

    @Override
    public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        MemorySegment memory = mapped();
        if (offset < 0 || offset >= memory.byteSize()) {
            return 0;
        }
        int available = (int) Math.min(length, memory.byteSize() - offset);
        try {
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, target, targetOffset, available);
        } catch (InternalError failure) {
            throw unreadable(failure);
        }
        return available;
    }

    /// So the JVM reports that the device could not read a mapped page, or that the file was cut. Compiled code may
    /// throw it a little later, out of this class.
    private IOException unreadable(InternalError failure) {
        return new IOException("a part of " + name + " cannot be read (" + failure.getMessage() + ")", failure);
    }

    /// Has memory bring the beginning of the record at this position, without waiting for it.
    ///
    /// @return of no meaning; to be kept, so that the asking is not optimised away
    int touch(long position) {
        MemorySegment memory = mapped;
        if (memory == null) {
            return 0;
        }
        int sum = 0;
        long from = offset(position);
        long to = Math.min(from + TOUCHED_BYTES, footer.framesEnd());
        for (long line = from; line < to; line += LINE_BYTES) {
            sum += memory.get(ValueLayout.JAVA_BYTE, line);
        }
        return sum;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /// Frees nothing at once: the mapping goes when nobody reads it any more.
    @Override
    public void close() {
        mapped = null;
    }

    private MemorySegment mapped() throws IOException {
        MemorySegment memory = mapped;
        return memory == null ? map() : memory;
    }

    private synchronized MemorySegment map() throws IOException {
        MemorySegment memory = mapped;
        if (memory == null) {
            try (StorageFile file = storage.openForReading(name)) {
                memory = file.map();
            }
            mapped = memory;
        }
        return memory;
    }
}
