package dev.everfold.log.segment;

import static dev.everfold.log.segment.Layout.getInt;
import static dev.everfold.log.segment.Layout.getLong;
import static dev.everfold.log.segment.Layout.putInt;
import static dev.everfold.log.segment.Layout.putLong;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;

/// A segment: a file with a run of frames.
///
/// # Principle
/// The newest segment is *open*: it is written, its frames begin at multiples of 4,096 bytes so that no
/// sector of an acknowledged frame is ever written again, and what lies beyond the last frame is zero.
/// When it is full it is copied into a *sealed* one, without the gaps and with a footer, and removed. A
/// sealed segment never changes.
///
/// # Names
/// `log-<first frame, 12 digits>.open` and `.log`; `.tmp` is a sealed one in the making and may be deleted.
///
/// # Format, version 1
/// Little-endian.
/// ```
/// Header, 4,096 bytes, zeros after what is given here
///   0  "EVERFOLD log" + 4 × 0
///  16  u32 version           1
///  20  u32 alignment         4096 = open, 8 = sealed
///  24  i64 storeId, high half
///  32  i64 storeId, low half
///  40  i64 fromFrame         number of frames before it
///  48  i64 fromPosition
///  56  i64 fromAppend
///  64  u32 previousChecksum  of the frame before its first
///  68  u32 checksum          CRC32C of [0, 68)
/// Frames                     FrameFormat, each at a multiple of the alignment
/// Footer, sealed only
///   u32 × events             offset of each record / 8, zeros up to a multiple of 8
///   then 64 bytes:
///   0  "EVFRFOOT"
///   8  i64 toFrame
///  16  i64 toPosition
///  24  i64 toAppend
///  32  i64 framesEnd         where the frames end and the offsets begin
///  40  u32 lastChecksum      of its last frame
///  44  u32 offsetsChecksum   CRC32C of the offsets
///  48  12 × 0
///  60  u32 checksum          CRC32C of [0, 60)
/// ```
///
/// # Limitations
/// 32 GiB a segment (offsets are kept in eighths in 32 bits).
public final class SegmentFormat {

    /// Bytes before the first frame.
    public static final int HEADER_BYTES = 4_096;

    /// Alignment of frames in an open segment.
    public static final int OPEN_ALIGNMENT = 4_096;

    static final int SEALED_ALIGNMENT = 8;
    static final int FOOTER_BYTES = 64;
    static final String OPEN_SUFFIX = ".open";
    static final String SEALED_SUFFIX = ".log";
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final int VERSION = 1;
    private static final long MAGIC_1 = 0x444c_4f46_5245_5645L; // EVERFOLD
    private static final long MAGIC_2 = 0x0000_0000_676f_6c20L; // " log"
    private static final long FOOTER_MAGIC = 0x544f_4f46_5246_5645L; // EVFRFOOT
    private static final int HEADER_USED_BYTES = 72;

    private SegmentFormat() {}

    /// What a segment says of itself at its beginning.
    ///
    /// @param storeId whose it is
    /// @param alignment of its frames
    /// @param start where the log stood before its first frame
    public record Header(UUID storeId, int alignment, LogEnd start) {

        Header sealed() {
            return new Header(storeId, SEALED_ALIGNMENT, start);
        }
    }

    /// What a sealed segment says of itself at its end.
    ///
    /// @param end where the log stands after its last frame
    /// @param framesEnd where its frames end
    /// @param offsetsChecksum of the table of offsets
    record Footer(LogEnd end, long framesEnd, int offsetsChecksum) {}

    /// Name of the open segment with this first frame.
    public static String openName(long fromFrame) {
        return name(fromFrame, OPEN_SUFFIX);
    }

    /// Name of the sealed segment with this first frame.
    public static String sealedName(long fromFrame) {
        return name(fromFrame, SEALED_SUFFIX);
    }

    private static String name(long fromFrame, String suffix) {
        return String.format(Locale.ROOT, "log-%012d%s", fromFrame, suffix);
    }

    /// The first frame of the segment of this name; empty when it is not the name of a segment.
    public static OptionalLong fromFrame(String name) {
        boolean isSegment = name.matches("log-[0-9]{12,18}\\.(open|log)");
        return isSegment
                ? OptionalLong.of(Long.parseLong(name.substring(4, name.lastIndexOf('.'))))
                : OptionalLong.empty();
    }

    static byte[] encode(Header header) {
        byte[] block = new byte[HEADER_BYTES];
        putLong(block, 0, MAGIC_1);
        putLong(block, 8, MAGIC_2);
        putInt(block, 16, VERSION);
        putInt(block, 20, header.alignment());
        putLong(block, 24, header.storeId().getMostSignificantBits());
        putLong(block, 32, header.storeId().getLeastSignificantBits());
        putLong(block, 40, header.start().frames());
        putLong(block, 48, header.start().nextPosition());
        putLong(block, 56, header.start().appends());
        putInt(block, 64, header.start().checksum());
        putInt(block, 68, Layout.checksum(block, 0, 68));
        return block;
    }

    /// Reads a header.
    ///
    /// @throws dev.everfold.eventstore.StoreUnavailableException when it is whole but of another version
    /// @throws CorruptStoreException when it is not a segment's header of this store
    static Header header(byte[] block, String file, UUID storeId) {
        if (getLong(block, 0) != MAGIC_1 || getLong(block, 8) != MAGIC_2) {
            throw corrupt(file, 0, "the header of a segment expected, something else found");
        }
        int checksum = Layout.checksum(block, 0, 68);
        if (checksum != getInt(block, 68)) {
            throw corrupt(
                    file,
                    0,
                    "checksum " + LogEnd.hex(getInt(block, 68)) + " of the header expected, " + LogEnd.hex(checksum)
                            + " found");
        }
        if (getInt(block, 16) != VERSION) {
            throw OtherVersion.refused(file, getInt(block, 16), VERSION);
        }
        if (!Layout.isZero(block, HEADER_USED_BYTES, HEADER_BYTES)) {
            throw corrupt(file, HEADER_USED_BYTES, "zeros after the header expected, something else found");
        }
        UUID found = new UUID(getLong(block, 24), getLong(block, 32));
        if (!found.equals(storeId)) {
            throw corrupt(file, 24, "a segment of store " + storeId + " expected, one of store " + found + " found");
        }
        LogEnd start = new LogEnd(getLong(block, 40), getLong(block, 48), getLong(block, 56), getInt(block, 64));
        return new Header(storeId, getInt(block, 20), start);
    }

    /// Reads the header of a segment's file; see [#header(byte[], String, UUID)].
    public static Header readHeader(StorageFile file, UUID storeId) throws IOException {
        byte[] block = new byte[HEADER_BYTES];
        file.read(0, block, 0, block.length);
        return header(block, file.name(), storeId);
    }

    static byte[] encode(Footer footer) {
        byte[] block = new byte[FOOTER_BYTES];
        putLong(block, 0, FOOTER_MAGIC);
        putLong(block, 8, footer.end().frames());
        putLong(block, 16, footer.end().nextPosition());
        putLong(block, 24, footer.end().appends());
        putLong(block, 32, footer.framesEnd());
        putInt(block, 40, footer.end().checksum());
        putInt(block, 44, footer.offsetsChecksum());
        putInt(block, 60, Layout.checksum(block, 0, 60));
        return block;
    }

    /// Reads a footer.
    ///
    /// @param at where it lies in the file, for messages
    /// @throws CorruptStoreException when it is not one
    static Footer footer(byte[] block, String file, long at) {
        int checksum = Layout.checksum(block, 0, 60);
        if (getLong(block, 0) != FOOTER_MAGIC || checksum != getInt(block, 60)) {
            throw corrupt(
                    file,
                    at,
                    "checksum " + LogEnd.hex(getInt(block, 60)) + " of the footer expected, " + LogEnd.hex(checksum)
                            + " found");
        }
        LogEnd end = new LogEnd(getLong(block, 8), getLong(block, 16), getLong(block, 24), getInt(block, 40));
        return new Footer(end, getLong(block, 32), getInt(block, 44));
    }

    /// The exception for a damaged place in a file.
    public static CorruptStoreException corrupt(String file, long offset, String what) {
        return new CorruptStoreException("File " + file + " is corrupt at byte " + offset + ": " + what
                + ". Run `everfold verify`, and restore a backup.");
    }
}
