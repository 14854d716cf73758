package dev.everfold.log.segment;

import dev.everfold.log.storage.NoSpaceException;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Writes frames to an open segment, into space that was filled with zeros before.
///
/// Overwriting zeros makes a sync cheap (no change of the file's length, no new extents) and makes sure
/// that there is room: [#reserve] fails before anything of a frame is written. While the writer is
/// slow, zeros are written ahead in the background and through a descriptor of their own, so that an
/// I/O error of theirs is not taken from the writer's sync. Owned by the writer thread.
public final class SegmentWriter {

    private static final int STEP_BYTES = 1 << 20;
    private static final int AHEAD_BYTES_MIN = 64 << 10;
    private static final int AHEAD_BYTES_MAX = 8 << 20;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(STEP_BYTES).asReadOnlyBuffer();

    private final Storage storage;
    private final OpenSegment segment;
    private final long segmentBytes;
    private final Executor background;

    private long zeroedTo;
    private CompletableFuture<Long> zeroing = CompletableFuture.completedFuture(0L);

    private SegmentWriter(Storage storage, OpenSegment segment, long segmentBytes, Executor background, long zeroedTo) {
        this.storage = storage;
        this.segment = segment;
        this.segmentBytes = segmentBytes;
        this.background = background;
        this.zeroedTo = zeroedTo;
    }

    /// Makes a new segment and its name durable.
    ///
    /// A crash before it returns leaves a file without frames, which recovery removes.
    public static SegmentWriter create(
            Storage storage, SegmentFormat.Header header, long segmentBytes, Executor background) throws IOException {
        String name = SegmentFormat.openName(header.start().frames());
        if (storage.list().contains(name)) {
            storage.delete(name); // left by an attempt that found no space
        }
        StorageFile file = storage.create(name);
        boolean done = false;
        try {
            file.write(0, ByteBuffer.wrap(SegmentFormat.encode(header)));
            file.write(SegmentFormat.HEADER_BYTES, zeros(AHEAD_BYTES_MIN));
            file.sync();
            storage.syncDirectory();
            done = true;
        } catch (IOException failure) {
            removeUnfinished(storage, name, failure);
            throw failure;
        } finally {
            // Also when memory runs out.
            if (!done) {
                file.close();
            }
        }
        OpenSegment segment = new OpenSegment(file, header);
        return new SegmentWriter(
                storage, segment, segmentBytes, background, SegmentFormat.HEADER_BYTES + AHEAD_BYTES_MIN);
    }

    /// The log may go on in the segment before, so nothing must look like the segment after it. What
    /// cannot be removed now, recovery removes: it has no frames.
    private static void removeUnfinished(Storage storage, String name, IOException failure) {
        try {
            storage.delete(name);
            storage.syncDirectory();
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    /// Goes on with a segment that was recovered: what lies beyond its last frame is zero.
    public static SegmentWriter resume(Storage storage, OpenSegment segment, long segmentBytes, Executor background)
            throws IOException {
        return new SegmentWriter(storage, segment, segmentBytes, background, segment.bytes());
    }

    /// The segment that is written.
    public OpenSegment segment() {
        return segment;
    }

    /// Whether a frame of this length still belongs into this segment.
    public boolean fits(int frameBytes) {
        long from = segment.framesEnd();
        return from == SegmentFormat.HEADER_BYTES || padded(from, frameBytes) <= segmentBytes;
    }

    /// Makes sure that a frame of up to this length can be written without running out of space.
    ///
    /// @throws NoSpaceException when there is no room; nothing has changed
    public void reserve(int frameBytes) throws IOException {
        long needed = padded(segment.framesEnd(), frameBytes);
        if (needed <= zeroedTo) {
            return;
        }
        zeroedTo = Math.max(zeroedTo, awaitZeroing());
        while (zeroedTo < needed) {
            int bytes = (int) Math.min(STEP_BYTES, needed - zeroedTo);
            segment.file().write(zeroedTo, zeros(bytes));
            zeroedTo += bytes;
        }
    }

    /// Writes a frame with its padding after the last one. Nothing is durable before [#sync()].
    ///
    /// @param frame the sealed frame at [0, bytes), with room for the padding behind it
    /// @return where it begins in the file
    public long write(byte[] frame, int bytes) throws IOException {
        long from = nextFrameOffset();
        int padded = (int) (padded(from, bytes) - from);
        Arrays.fill(frame, bytes, padded, (byte) 0);
        segment.file().write(from, ByteBuffer.wrap(frame, 0, padded));
        return from;
    }

    /// Makes what was written durable. When it throws, the store must be given up; see [StorageFile#sync].
    public void sync() throws IOException {
        segment.file().sync();
    }

    /// Where the next frame goes.
    public long nextFrameOffset() {
        return Layout.align(segment.framesEnd(), SegmentFormat.OPEN_ALIGNMENT);
    }

    /// Begins to write zeros ahead when few are left. Call it after a frame, when nobody waits.
    public void prepare() {
        long used = segment.framesEnd();
        int ahead = Math.clamp(used, AHEAD_BYTES_MIN, AHEAD_BYTES_MAX);
        if (!zeroing.isDone() || zeroedTo - used > ahead / 2 || zeroedTo >= segmentBytes) {
            return;
        }
        zeroedTo = Math.max(zeroedTo, awaitZeroing());
        long from = zeroedTo;
        long to = Math.min(segmentBytes, used + ahead);
        if (from < to) {
            zeroing = CompletableFuture.supplyAsync(() -> zero(from, to), background);
        }
    }

    /// Waits for zeros that are being written, so that nobody writes to the segment any more.
    public void finish() {
        awaitZeroing();
    }

    private long awaitZeroing() {
        return zeroing.join();
    }

    /// Returns how far it came: a failure here takes nothing away, the writer meets it again by itself.
    private long zero(long from, long to) {
        long done = from;
        try (StorageFile file = storage.openForWriting(segment.name())) {
            while (done < to) {
                int bytes = (int) Math.min(STEP_BYTES / 4, to - done);
                file.write(done, zeros(bytes));
                file.sync();
                done += bytes;
            }
        } catch (IOException failure) {
            System.getLogger("dev.everfold.log")
                    .log(System.Logger.Level.DEBUG, "zeros ahead failed file={0} cause={1}", segment.name(), failure);
        }
        return done;
    }

    private static long padded(long from, int frameBytes) {
        return Layout.align(
                Layout.align(from, SegmentFormat.OPEN_ALIGNMENT) + frameBytes, SegmentFormat.OPEN_ALIGNMENT);
    }

    private static ByteBuffer zeros(int bytes) {
        return ZEROS.duplicate().limit(bytes);
    }
}
