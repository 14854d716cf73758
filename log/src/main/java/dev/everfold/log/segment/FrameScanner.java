package dev.everfold.log.segment;

import java.io.IOException;
import java.util.Arrays;

/// Walks the frames of a file from an offset, for recovery, followers, sealing and verification.
///
/// For one thread. Reads in chunks, small ones at first, so that short files cost little memory; a
/// frame that is longer than a chunk makes the chunk grow.
public final class FrameScanner {

    /// Reads bytes of the file that is walked; fewer than asked for only at its end.
    @FunctionalInterface
    public interface Source {
        /// As [dev.everfold.log.storage.StorageFile#read].
        int read(long offset, byte[] target, int targetOffset, int length) throws IOException;
    }

    private static final int FIRST_CHUNK_BYTES = 64 << 10;

    private final Source source;
    private final int alignment;
    private final int chunkBytes;
    private byte[] chunk;
    private long chunkOffset;
    private int chunkLength;
    private long offset;

    /// Begins at `offset`, a multiple of `alignment`.
    public FrameScanner(Source source, int alignment, long offset, int chunkBytes) {
        this.source = source;
        this.alignment = alignment;
        this.chunkBytes = chunkBytes;
        this.chunk = new byte[Math.min(chunkBytes, FIRST_CHUNK_BYTES)];
        this.offset = offset;
    }

    /// Whether a whole frame lies at [#offset()]. It reads the file again when it did before.
    public boolean isAtFrame() throws IOException {
        if (!load(FrameFormat.HEADER_BYTES)) {
            return false;
        }
        int bytes = FrameFormat.bytesAt(chunk, inChunk());
        return bytes > 0 && load(bytes) && FrameFormat.isWhole(chunk, inChunk(), bytes);
    }

    /// Header of the frame at [#offset()].
    public FrameFormat.Header header() {
        return FrameFormat.header(chunk, inChunk());
    }

    /// Hands over what the frame at [#offset()] holds; see [AppendFormat#visit].
    public boolean visit(AppendFormat.Visitor visitor) {
        return AppendFormat.visit(chunk, inChunk(), header(), visitor);
    }

    /// The bytes of the frame at [#offset()], as a copy.
    public byte[] frameBytes() {
        return Arrays.copyOfRange(chunk, inChunk(), inChunk() + header().bytes());
    }

    /// Where the scanner stands.
    public long offset() {
        return offset;
    }

    /// Offset in the file of a place in the buffer that a visitor was handed.
    public long fileOffset(int bufferOffset) {
        return chunkOffset + bufferOffset;
    }

    /// Whether the bytes between the frame at [#offset()] and the next place for a frame are zero.
    public boolean hasCleanPadding() throws IOException {
        int bytes = header().bytes();
        int padded = (int) (Layout.align(offset + bytes, alignment) - offset);
        load(padded);
        return Layout.isZero(chunk, inChunk() + bytes, Math.min(inChunk() + padded, chunkLength));
    }

    /// Steps over the frame at [#offset()].
    public void skipFrame() {
        offset = Layout.align(offset + header().bytes(), alignment);
    }

    /// Steps to the next place where a frame may begin.
    ///
    /// @return false at the end of the file
    public boolean skipGap() throws IOException {
        offset += alignment;
        return load(FrameFormat.HEADER_BYTES);
    }

    /// Forgets what was read, since the file has grown.
    public void refresh() {
        chunkLength = 0;
        chunkOffset = offset;
    }

    /// Makes sure that `bytes` bytes from the offset lie in the chunk.
    private boolean load(int bytes) throws IOException {
        if (offset < chunkOffset || offset + bytes > chunkOffset + chunkLength) {
            // A length that nobody has checked must not decide how much memory is taken.
            if (bytes > chunk.length && source.read(offset + bytes - 1, new byte[1], 0, 1) < 1) {
                return false;
            }
            boolean first = chunkLength == 0;
            if (bytes > chunk.length || (!first && chunk.length < chunkBytes)) {
                chunk = new byte[Math.max(bytes, Math.min(chunk.length * 2, FrameFormat.FRAME_BYTES_MAX))];
            }
            chunkLength = 0; // and stays so when reading fails: the bytes there are those of another offset
            chunkOffset = offset;
            chunkLength = source.read(offset, chunk, 0, chunk.length);
        }
        return offset + bytes <= chunkOffset + chunkLength;
    }

    private int inChunk() {
        return (int) (offset - chunkOffset);
    }
}
