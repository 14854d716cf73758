package dev.everfold.log.index;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// The file of a run: one part of the index on disk, immutable.
///
/// # Principle
/// A run is read where it lies, mapped into memory: nothing is decoded when it is opened, and a
/// lookup touches about four blocks. Each block of 4 KiB is checked the first time that it is
/// touched. All sizes are known before the first byte is written, since all are counted first, so
/// the sections are written side by side in one pass.
///
/// # Format, version 1
/// All integers are little-endian, hashes are compared unsigned, all checksums are CRC32C (RFC
/// 3720). The name is `index-FROM-TO.run`, the commit frames that it covers as 20 decimal digits
/// each, `TO` exclusive. While it is written it has `.tmp` behind its name; it is synced, renamed,
/// and its directory is synced.
///
/// The file is a sequence of sections, each begins at a multiple of 4096 and is filled up with
/// zeros:
/// ```
/// header       0  u8 × 8  magic "EFOLDIDX"
///              8  u32     version = 1
///             12  u32     0
///             16  i64 × 2 id of the store, high half first
///             32  i64     probe: the hash of nothing in particular, which tells how terms are hashed
///             40  i64     fromPosition
///             48  i64     toPosition, exclusive
///             56  i64     fromFrame
///             64  i64     toFrame, exclusive
///             72  u32     0
///             76  u32     checksum of bytes [0, 76)
/// postings    u32 each    position − fromPosition; those of one term side by side and rising
/// terms       16 B each   in rising order of hash:
///              0  u64     hash
///              8  u64     bit 63 = 0: position − fromPosition of the only posting
///                         bit 63 = 1: bits 62..32 = how many, 2 or more; bits 31..0 = index of
///                         the first in postings
/// bloom       64 B each   8 words u64; see below
/// appends     32 B each   accepted appends, oldest first, each four i64: id, high half first;
///                         position of the first event; how many events
/// trackings   u64 position, u32 bytes, source in UTF-8; ordered by source
/// types       u64 events, u32 bytes, type in UTF-8; ordered by type
/// ```
/// then, without a gap:
/// ```
/// checksums   u32 each    of each block of 4096 bytes before this section
/// footer       0  i64     terms
///              8  i64     postings
///             16  i64     bloom blocks
///             24  i64     appends
///             32  i64     appends of this range that were dropped, being too old to be remembered
///             40  i64     trackings
///             48  i64     bytes of trackings
///             56  i64     types
///             64  i64     bytes of types
///             72  i64     streams that begin in this range
///             80  i64     bytes of the file
///             88  u32     checksum of the section checksums
///             92  u32     checksum of the header, as it stands there
///             96  u8 × 8  magic "EFOLDEND"
///            104  u32     0
///            108  u32     checksum of bytes [0, 108)
/// ```
/// Bloom filter: a hash belongs to block `hash × blocks >>> 64`, so blocks are in the order of
/// terms and are written along with them. In its block of 512 bits it sets 7, given by seven times
/// 9 bits of `(hash ^ hash >>> 32) × M`, lowest first. 12 bits a term: about 0.7 % of the terms
/// that are not there look as if they were.
///
/// # Limitations
/// 2³¹ − 1 positions a run and 2³² postings; who merges runs stops before.
///
/// # Compatibility
/// Runs are derived: one of an unknown version is deleted and built again, there is no migration.
final class RunFormat {

    static final int VERSION = 1;
    static final int BLOCK_BYTES = 4096;
    static final int BLOCK_SHIFT = 12;
    static final int HEADER_BYTES = 80;
    static final int FOOTER_BYTES = 112;
    static final int TERM_BYTES = 16;
    static final int APPEND_BYTES = 32;

    /// A number with a name, without the name.
    static final int NUMBER_BYTES = 12;

    static final int BLOOM_BLOCK_WORDS = 8;
    static final int BLOOM_BLOCK_BYTES = 64;
    static final int BLOOM_BITS_PER_TERM = 12;
    static final int BLOOM_PROBES = 7;
    static final long BLOOM_MULTIPLIER = 0x9e3779b97f4a7c15L;

    /// More postings than this have no index of 32 bits.
    static final long POSTINGS_MAX = (1L << 32) - 1;

    static final String TEMPORARY_SUFFIX = ".tmp";
    static final String DAMAGED_SUFFIX = ".damaged";

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long HEADER_MAGIC = magic("EFOLDIDX");
    private static final long FOOTER_MAGIC = magic("EFOLDEND");
    private static final Pattern NAME = Pattern.compile("index-(\\d{20})-(\\d{20})\\.run");

    private RunFormat() {}

    /// The commit frames that a file's name says it covers.
    ///
    /// @param fromFrame first frame
    /// @param toFrame frame after the last
    record Name(long fromFrame, long toFrame) {

        /// Reads a name; empty when it is not one of a run.
        static Optional<Name> parse(String file) {
            Matcher matcher = NAME.matcher(file);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Name(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
            } catch (NumberFormatException beyondLong) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "index-%020d-%020d.run", fromFrame, toFrame);
        }
    }

    /// What a run covers: the header.
    ///
    /// @param storeId which store
    /// @param probe how terms are hashed, see [TermHash#probe()]
    /// @param fromPosition first position
    /// @param toPosition position after the last
    /// @param fromFrame first commit frame
    /// @param toFrame commit frame after the last
    @SuppressWarnings("AvoidCommonTypeNames") // nothing here knows of processes
    record Info(UUID storeId, long probe, long fromPosition, long toPosition, long fromFrame, long toFrame) {

        Name name() {
            return new Name(fromFrame, toFrame);
        }

        long events() {
            return toPosition - fromPosition;
        }

        /// The same beginning with another end.
        Info until(long position, long frame) {
            return new Info(storeId, probe, fromPosition, position, fromFrame, frame);
        }

        /// What follows: empty, and beginning at the end of this one.
        Info next() {
            return new Info(storeId, probe, toPosition, toPosition, toFrame, toFrame);
        }

        /// The whole first block.
        byte[] encode() {
            byte[] bytes = new byte[BLOCK_BYTES];
            ByteBuffer header = buffer(bytes);
            header.putLong(HEADER_MAGIC).putInt(VERSION).putInt(0);
            header.putLong(storeId.getMostSignificantBits()).putLong(storeId.getLeastSignificantBits());
            header.putLong(probe)
                    .putLong(fromPosition)
                    .putLong(toPosition)
                    .putLong(fromFrame)
                    .putLong(toFrame);
            header.putInt(0).putInt(checksum(bytes, 0, HEADER_BYTES - Integer.BYTES));
            return bytes;
        }

        /// @throws CorruptIndexException when the header is not one of this version
        static Info decode(String file, byte[] bytes) {
            ByteBuffer header = buffer(bytes);
            check(header.getLong(0) == HEADER_MAGIC, file, 0, "its header does not begin with \"EFOLDIDX\"");
            int version = header.getInt(8);
            check(version == VERSION, file, 0, "its format is version " + version + ", expected " + VERSION);
            check(
                    headerChecksum(bytes) == checksum(bytes, 0, HEADER_BYTES - Integer.BYTES),
                    file,
                    0,
                    "the checksum of its header is wrong");
            return new Info(
                    new UUID(header.getLong(16), header.getLong(24)),
                    header.getLong(32),
                    header.getLong(40),
                    header.getLong(48),
                    header.getLong(56),
                    header.getLong(64));
        }

        static int headerChecksum(byte[] header) {
            return buffer(header).getInt(HEADER_BYTES - Integer.BYTES);
        }
    }

    /// How much a run holds, and so where everything stands: the footer.
    ///
    /// @param terms how many terms
    /// @param postings positions of all terms that stand at two or more
    /// @param appends how many appends are remembered
    /// @param appendsDropped how many older ones of the same range are not
    /// @param trackings how many sources
    /// @param trackingsBytes their length in bytes
    /// @param types how many types
    /// @param typesBytes their length in bytes
    /// @param streams how many streams begin here
    record Layout(
            long terms,
            long postings,
            long appends,
            long appendsDropped,
            long trackings,
            long trackingsBytes,
            long types,
            long typesBytes,
            long streams) {

        long bloomBlocks() {
            return Math.ceilDiv(terms * BLOOM_BITS_PER_TERM, BLOOM_BLOCK_BYTES * Byte.SIZE);
        }

        long postingsAt() {
            return BLOCK_BYTES;
        }

        long termsAt() {
            return postingsAt() + padded(postings * Integer.BYTES);
        }

        long bloomAt() {
            return termsAt() + padded(terms * TERM_BYTES);
        }

        long appendsAt() {
            return bloomAt() + padded(bloomBlocks() * BLOOM_BLOCK_BYTES);
        }

        long trackingsAt() {
            return appendsAt() + padded(appends * APPEND_BYTES);
        }

        long typesAt() {
            return trackingsAt() + padded(trackingsBytes);
        }

        long checksumsAt() {
            return typesAt() + padded(typesBytes);
        }

        int blocks() {
            return Math.toIntExact(checksumsAt() / BLOCK_BYTES);
        }

        long footerAt() {
            return checksumsAt() + (long) blocks() * Integer.BYTES;
        }

        long fileBytes() {
            return footerAt() + FOOTER_BYTES;
        }

        byte[] encode(int checksumsChecksum, int headerChecksum) {
            byte[] bytes = new byte[FOOTER_BYTES];
            ByteBuffer footer = buffer(bytes);
            footer.putLong(terms).putLong(postings).putLong(bloomBlocks());
            footer.putLong(appends).putLong(appendsDropped);
            footer.putLong(trackings).putLong(trackingsBytes);
            footer.putLong(types).putLong(typesBytes).putLong(streams).putLong(fileBytes());
            footer.putInt(checksumsChecksum)
                    .putInt(headerChecksum)
                    .putLong(FOOTER_MAGIC)
                    .putInt(0);
            footer.putInt(checksum(bytes, 0, FOOTER_BYTES - Integer.BYTES));
            return bytes;
        }

        /// @throws CorruptIndexException when the footer does not belong to the header and to a
        ///     file of this length
        static Layout decode(String file, byte[] bytes, int headerChecksum, long fileBytes) {
            long at = fileBytes - FOOTER_BYTES;
            ByteBuffer footer = buffer(bytes);
            check(footer.getLong(96) == FOOTER_MAGIC, file, at, "its footer does not hold \"EFOLDEND\"");
            check(
                    footer.getInt(108) == checksum(bytes, 0, FOOTER_BYTES - Integer.BYTES),
                    file,
                    at,
                    "the checksum of its footer is wrong");
            check(footer.getInt(92) == headerChecksum, file, at, "its footer belongs to another header");
            Layout layout = new Layout(
                    footer.getLong(0),
                    footer.getLong(8),
                    footer.getLong(24),
                    footer.getLong(32),
                    footer.getLong(40),
                    footer.getLong(48),
                    footer.getLong(56),
                    footer.getLong(64),
                    footer.getLong(72));
            check(layout.fitsInto(fileBytes), file, at, "its footer counts more than it can hold");
            check(
                    footer.getLong(80) == fileBytes && layout.fileBytes() == fileBytes,
                    file,
                    at,
                    "it is " + fileBytes + " bytes long, expected " + layout.fileBytes());
            return layout;
        }

        /// Whether each section alone is no longer than the file, so that no sum of them overflows.
        private boolean fitsInto(long fileBytes) {
            return isCount(terms, fileBytes / TERM_BYTES)
                    && isCount(postings, fileBytes / Integer.BYTES)
                    && isCount(appends, fileBytes / APPEND_BYTES)
                    && isCount(trackingsBytes, fileBytes)
                    && isCount(trackings, trackingsBytes / NUMBER_BYTES)
                    && isCount(typesBytes, fileBytes)
                    && isCount(types, typesBytes / NUMBER_BYTES);
        }

        private static boolean isCount(long count, long max) {
            return count >= 0 && count <= max;
        }

        static int checksumsChecksum(byte[] footer) {
            return buffer(footer).getInt(88);
        }
    }

    /// The bits of a hash within its block of the bloom filter, 9 bits each, lowest first.
    static long bloomBits(long hash) {
        return (hash ^ hash >>> 32) * BLOOM_MULTIPLIER;
    }

    /// Which block of the bloom filter a hash belongs to.
    static long bloomBlock(long hash, long blocks) {
        return Math.unsignedMultiplyHigh(hash, blocks);
    }

    static long padded(long bytes) {
        return (bytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }

    static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void check(boolean holds, String file, long offset, String otherwise) {
        if (!holds) {
            throw new CorruptIndexException(file, offset, otherwise);
        }
    }

    private static long magic(String text) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value |= (long) text.charAt(i) << (i * Byte.SIZE);
        }
        return value;
    }
}
