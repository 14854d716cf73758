package dev.everfold.log.segment;

import static dev.everfold.log.segment.Layout.getInt;
import static dev.everfold.log.segment.Layout.getLong;
import static dev.everfold.log.segment.Layout.getShort;
import static dev.everfold.log.segment.Layout.putInt;
import static dev.everfold.log.segment.Layout.putLong;
import static dev.everfold.log.segment.Layout.putShort;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Tracking;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// An append within a frame: a header, then its records.
///
/// # Format, version 1
/// Little-endian, at a multiple of 8 bytes.
/// ```
///  0  u32 bytes             of this header; a multiple of 8
///  4  u32 eventCount        how many records follow
///  8  i64 id, high half     the append id
/// 16  i64 id, low half
/// 24  i64 trackedPosition   -1 = no tracking
/// 32  u16 sourceBytes
/// 34  source of the tracking in UTF-8, zeros up to a multiple of 8
/// ```
public final class AppendFormat {

    private static final int FIXED_BYTES = 34;

    private AppendFormat() {}

    /// What an append says of itself.
    ///
    /// @param id its append id
    /// @param eventCount how many records follow its header
    /// @param tracking what it tracks
    public record Header(UUID id, int eventCount, Optional<Tracking> tracking) {

        /// Length of the header in bytes.
        public int bytes() {
            int sourceBytes = tracking.map(t -> t.source().getBytes(StandardCharsets.UTF_8).length)
                    .orElse(0);
            return (int) Layout.align(FIXED_BYTES + sourceBytes, 8);
        }
    }

    /// Receives what a frame holds, in order.
    public interface Visitor {

        /// An append begins; its records follow.
        ///
        /// @param header what it says of itself
        /// @param fromPosition position of its first event, or of the next one when it has none
        void append(Header header, long fromPosition);

        /// A record.
        ///
        /// @param buffer where it lies
        /// @param offset where it begins in the buffer
        /// @param position its position
        void record(byte[] buffer, int offset, long position);
    }

    /// Writes the header at `at` and returns where the first record goes.
    public static int encode(byte[] frame, int at, Header header) {
        byte[] source = header.tracking()
                .map(tracking -> tracking.source().getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> new byte[0]);
        int end = at + (int) Layout.align(FIXED_BYTES + source.length, 8);
        putInt(frame, at, end - at);
        putInt(frame, at + 4, header.eventCount());
        putLong(frame, at + 8, header.id().getMostSignificantBits());
        putLong(frame, at + 16, header.id().getLeastSignificantBits());
        putLong(frame, at + 24, header.tracking().map(Tracking::position).orElse(-1L));
        putShort(frame, at + 32, source.length);
        System.arraycopy(source, 0, frame, at + FIXED_BYTES, source.length);
        for (int pad = at + FIXED_BYTES + source.length; pad < end; pad++) {
            frame[pad] = 0;
        }
        return end;
    }

    /// Hands over all appends and records of a whole frame.
    ///
    /// @return true when its structure is as its counts say; false when it is not, so that it was never
    ///     written by us
    public static boolean visit(byte[] buffer, int offset, FrameFormat.Header frame, Visitor visitor) {
        int at = offset + FrameFormat.HEADER_BYTES;
        int end = offset + frame.bytes() - FrameFormat.TRAILER_BYTES;
        long position = frame.fromPosition();
        for (int appendsLeft = frame.appendCount(); appendsLeft > 0; appendsLeft--) {
            if (end - at < FIXED_BYTES) {
                return false;
            }
            int headerBytes = getInt(buffer, at);
            int events = getInt(buffer, at + 4);
            int sourceBytes = getShort(buffer, at + 32);
            if (headerBytes != Layout.align(FIXED_BYTES + (long) sourceBytes, 8)
                    || headerBytes > end - at
                    || (getLong(buffer, at + 24) >= 0 && !isSource(buffer, at + FIXED_BYTES, sourceBytes))) {
                return false;
            }
            visitor.append(header(buffer, at, events, sourceBytes), position);
            at += headerBytes;
            for (; events > 0; events--) {
                if (!isRecord(buffer, at, end, position)) {
                    return false;
                }
                visitor.record(buffer, at, position++);
                at += EventFormat.recordBytes(buffer, at);
            }
        }
        return at == end && position == frame.toPosition();
    }

    /// Whether a name lies there that [Tracking] takes.
    private static boolean isSource(byte[] buffer, int at, int bytes) {
        for (int i = at; i < at + bytes; i++) {
            if (buffer[i] == 0) {
                return false;
            }
        }
        return bytes > 0;
    }

    private static Header header(byte[] buffer, int at, int events, int sourceBytes) {
        long tracked = getLong(buffer, at + 24);
        Optional<Tracking> tracking = tracked < 0
                ? Optional.empty()
                : Optional.of(new Tracking(
                        new String(buffer, at + FIXED_BYTES, sourceBytes, StandardCharsets.UTF_8), tracked));
        return new Header(new UUID(getLong(buffer, at + 8), getLong(buffer, at + 16)), events, tracking);
    }

    /// The frame's checksum holds already; this only keeps a length from leading outside.
    private static boolean isRecord(byte[] buffer, int at, int end, long position) {
        return EventFormat.isWellFormed(buffer, at, end) && getLong(buffer, at + 8) == position;
    }
}
