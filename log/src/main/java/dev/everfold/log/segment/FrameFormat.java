package dev.everfold.log.segment;

import static dev.everfold.log.segment.Layout.getInt;
import static dev.everfold.log.segment.Layout.getLong;
import static dev.everfold.log.segment.Layout.putInt;
import static dev.everfold.log.segment.Layout.putLong;

import java.util.zip.CRC32C;

/// A commit frame: what one write and one sync made durable, and the unit of recovery.
///
/// # Principle
/// A frame is all or nothing: its checksum covers every byte, so an append, which never spans frames,
/// is too. Frame n + 1 is written only after the sync of frame n returned, so a whole frame proves
/// every frame before it durable. Frames are chained by checksum: a stale frame, left from before a
/// crash, never fits.
///
/// # Format, version 1
/// Little-endian. A frame begins at a multiple of the segment's alignment ([SegmentFormat]); bytes up
/// to the next frame are zero.
/// ```
///  0  u32 magic             "EVFR"
///  4  u32 bytes             header to trailer; a multiple of 8
///  8  i64 frame             number of frames before it in the log
/// 16  i64 epoch             how often the store had been opened for writing
/// 24  i64 fromPosition      position of its first event, or of the next one when it has none
/// 32  i64 fromAppend        number of appends before it in the log
/// 40  u32 eventCount
/// 44  u32 appendCount       0 in a closing frame, which only proves the frame before it durable
/// 48  i64 durableFrames     frames known to be durable when it was written
/// 56  u32 previousChecksum  of the frame before it; 0 in the first frame of a log
/// 60  u32 checksum          CRC32C (RFC 3720) of [0, 60) and [64, bytes - 8)
/// 64  appends               each: AppendFormat header, then its records (EventFormat)
///  …  u32 bytes, u32 checksum   both again
/// ```
///
/// # Limitations
/// 1 GiB a frame.
public final class FrameFormat {

    /// Bytes before the first append.
    public static final int HEADER_BYTES = 64;

    /// Bytes after the last record.
    public static final int TRAILER_BYTES = 8;

    /// No frame is longer.
    public static final int FRAME_BYTES_MAX = 1 << 30;

    private static final int MAGIC = 'E' | ('V' << 8) | ('F' << 16) | ('R' << 24);

    private FrameFormat() {}

    /// What a frame says of itself.
    ///
    /// @param bytes from header to trailer
    /// @param frame number of frames before it
    /// @param epoch how often the store had been opened for writing
    /// @param fromPosition position of its first event
    /// @param fromAppend number of appends before it
    /// @param eventCount how many events it holds
    /// @param appendCount how many appends it holds
    /// @param durableFrames frames known to be durable when it was written
    /// @param previousChecksum of the frame before it
    /// @param checksum its own
    public record Header(
            int bytes,
            long frame,
            long epoch,
            long fromPosition,
            long fromAppend,
            int eventCount,
            int appendCount,
            long durableFrames,
            int previousChecksum,
            int checksum) {

        /// Position after its last event.
        public long toPosition() {
            return fromPosition + eventCount;
        }

        /// Number of appends including its own.
        public long toAppend() {
            return fromAppend + appendCount;
        }
    }

    /// Writes header and trailer around the appends that lie at [64, bytes - 8) of `frame` and returns the
    /// checksum.
    public static int seal(byte[] frame, Header header) {
        putInt(frame, 0, MAGIC);
        putInt(frame, 4, header.bytes());
        putLong(frame, 8, header.frame());
        putLong(frame, 16, header.epoch());
        putLong(frame, 24, header.fromPosition());
        putLong(frame, 32, header.fromAppend());
        putInt(frame, 40, header.eventCount());
        putInt(frame, 44, header.appendCount());
        putLong(frame, 48, header.durableFrames());
        putInt(frame, 56, header.previousChecksum());
        int checksum = checksum(frame, 0, header.bytes());
        putInt(frame, 60, checksum);
        putInt(frame, header.bytes() - 8, header.bytes());
        putInt(frame, header.bytes() - 4, checksum);
        return checksum;
    }

    /// Length of the frame whose first 8 bytes lie at `offset`; -1 when none begins there.
    public static int bytesAt(byte[] buffer, int offset) {
        int bytes = getInt(buffer, offset + 4);
        boolean begins = getInt(buffer, offset) == MAGIC
                && bytes >= HEADER_BYTES + TRAILER_BYTES
                && bytes <= FRAME_BYTES_MAX
                && (bytes & 7) == 0;
        return begins ? bytes : -1;
    }

    /// Whether `bytes` bytes at `offset`, which [#bytesAt] told, are a whole frame.
    public static boolean isWhole(byte[] buffer, int offset, int bytes) {
        int checksum = getInt(buffer, offset + 60);
        return getInt(buffer, offset + bytes - 8) == bytes
                && getInt(buffer, offset + bytes - 4) == checksum
                && checksum(buffer, offset, bytes) == checksum;
    }

    /// The header of the frame at `offset`.
    public static Header header(byte[] buffer, int offset) {
        return new Header(
                getInt(buffer, offset + 4),
                getLong(buffer, offset + 8),
                getLong(buffer, offset + 16),
                getLong(buffer, offset + 24),
                getLong(buffer, offset + 32),
                getInt(buffer, offset + 40),
                getInt(buffer, offset + 44),
                getLong(buffer, offset + 48),
                getInt(buffer, offset + 56),
                getInt(buffer, offset + 60));
    }

    private static int checksum(byte[] buffer, int offset, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer, offset, 60);
        crc.update(buffer, offset + HEADER_BYTES, bytes - HEADER_BYTES - TRAILER_BYTES);
        return (int) crc.getValue();
    }
}
