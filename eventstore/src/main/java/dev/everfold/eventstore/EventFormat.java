package dev.everfold.eventstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/// The bytes of one event, the same in memory, in files and on the wire.
///
/// # Principle
/// An event is encoded once, in the writer's own thread, before its place in the log is known; [#place]
/// then fills in position, revision and recorded time and seals the record with a checksum. From there
/// on the bytes never change. A [RecordedEvent] is a view of them.
///
/// # Format, version 1
/// All integers are little-endian; a record begins at a multiple of 8 bytes and its length is one.
/// ```
///  0  u32 bytes            of the whole record, padding included
///  4  u32 checksum         CRC32C (RFC 3720) of bytes [8, bytes)
///  8  i64 position
/// 16  i64 revision
/// 24  i64 recorded         microseconds since 1970-01-01T00:00:00Z
/// 32  i64 occurred         the same; the lowest i64 = none
/// 40  i64 id, high half
/// 48  i64 id, low half
/// 56  u16 streamBytes
/// 58  u16 typeBytes
/// 60  u16 contentTypeBytes 0 when the content type has a code
/// 62  u16 tagCount
/// 64  u32 tagsBytes        of all tags with their lengths
/// 68  u32 metadataBytes
/// 72  u32 dataBytes
/// 76  u8  contentTypeCode  0 = spelled out, 1 = application/json, 2 = application/octet-stream
/// 77  u8 × 3               0, for what comes later
/// 80  stream, type, content type, then each tag as u16 bytes + UTF-8, metadata, data, zeros up to a
/// multiple of 8
/// ```
///
/// # Limitations
/// Names up to 65,535 bytes, 65,535 tags, less than 2 GiB a record; [Limits] are narrower.
public final class EventFormat {

    /// Bytes of a record before its names.
    public static final int HEADER_BYTES = 80;

    static final int CHECKSUM = 4;
    static final int POSITION = 8;
    static final int REVISION = 16;
    static final int RECORDED = 24;
    static final int OCCURRED = 32;
    static final int ID_MOST = 40;
    static final int ID_LEAST = 48;
    static final int STREAM_BYTES = 56;
    static final int TYPE_BYTES = 58;
    static final int CONTENT_TYPE_BYTES = 60;
    static final int TAG_COUNT = 62;
    static final int TAGS_BYTES = 64;
    static final int METADATA_BYTES = 68;
    static final int DATA_BYTES = 72;
    static final int CONTENT_TYPE_CODE = 76;

    private static final byte[] NONE = new byte[0];
    private static final int CODE_JSON = 1;
    private static final int CODE_BINARY = 2;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private EventFormat() {}

    /// Length of the record that [#encode] makes of the event, in bytes.
    public static int encodedBytes(NewEvent event) {
        long bytes = HEADER_BYTES
                + (long) Utf8.bytes(event.stream())
                + Utf8.bytes(event.type())
                + (contentTypeCode(event.contentType()) == 0
                        ? event.contentType().length()
                        : 0)
                + event.metadata().length()
                + event.data().length();
        for (String tag : event.tags()) {
            bytes += Short.BYTES + Utf8.bytes(tag);
        }
        return Math.toIntExact((bytes + 7) & ~7L);
    }

    /// A length that the record of the event does not exceed, in bytes; found without looking at its
    /// names, which take at most three bytes for each UTF-16 unit.
    public static long encodedBytesAtMost(NewEvent event) {
        long units = (long) event.stream().length()
                + event.type().length()
                + event.contentType().length();
        for (String tag : event.tags()) {
            units += 1L + tag.length();
        }
        return HEADER_BYTES
                + 3 * units
                + event.metadata().length()
                + event.data().length()
                + 7;
    }

    /// The record of an event that has no place yet; [#place] completes it.
    ///
    /// @throws IllegalArgumentException when a name is longer than 65,535 bytes or there are more than
    ///     65,535 tags
    public static byte[] encode(NewEvent event) {
        byte[] stream = event.stream().getBytes(StandardCharsets.UTF_8);
        byte[] type = event.type().getBytes(StandardCharsets.UTF_8);
        int code = contentTypeCode(event.contentType());
        byte[] contentType = code == 0 ? event.contentType().getBytes(StandardCharsets.US_ASCII) : NONE;
        byte[][] tags = encodeTags(event.tags());
        int tagsBytes = Short.BYTES * tags.length;
        for (byte[] tag : tags) {
            tagsBytes = Math.addExact(tagsBytes, tag.length);
        }
        long names = (long) stream.length + type.length + contentType.length + tagsBytes;
        long bytes =
                HEADER_BYTES + names + event.metadata().length() + event.data().length();
        byte[] record = new byte[Math.toIntExact((bytes + 7) & ~7L)];
        putInt(record, 0, record.length);
        putLong(record, OCCURRED, event.occurred().map(Micros::of).orElse(Micros.NONE));
        putLong(record, ID_MOST, event.id().getMostSignificantBits());
        putLong(record, ID_LEAST, event.id().getLeastSignificantBits());
        putShort(record, STREAM_BYTES, stream.length);
        putShort(record, TYPE_BYTES, type.length);
        putShort(record, CONTENT_TYPE_BYTES, contentType.length);
        putShort(record, TAG_COUNT, tags.length);
        putInt(record, TAGS_BYTES, tagsBytes);
        putInt(record, METADATA_BYTES, event.metadata().length());
        putInt(record, DATA_BYTES, event.data().length());
        record[CONTENT_TYPE_CODE] = (byte) code;
        int at = put(record, HEADER_BYTES, stream);
        at = put(record, at, type);
        at = put(record, at, contentType);
        for (byte[] tag : tags) {
            putShort(record, at, tag.length);
            at = put(record, at + Short.BYTES, tag);
        }
        event.metadata().copyTo(record, at);
        event.data().copyTo(record, at + event.metadata().length());
        return record;
    }

    private static byte[][] encodeTags(List<String> tags) {
        byte[][] encoded = new byte[tags.size()][];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = tags.get(i).getBytes(StandardCharsets.UTF_8);
        }
        return encoded;
    }

    /// Gives the record at `offset` its place in the log and seals it. Nothing is allocated but a checksum.
    ///
    /// @param place what the record is given
    public static void place(byte[] buffer, int offset, Place place) {
        putLong(buffer, offset + POSITION, place.position());
        putLong(buffer, offset + REVISION, place.revision());
        putLong(buffer, offset + RECORDED, place.recordedMicros());
        putInt(buffer, offset + CHECKSUM, checksum(buffer, offset, recordBytes(buffer, offset)));
    }

    /// Where an event stands: what the store decides about it.
    ///
    /// @param position in the whole log, 0 or more
    /// @param revision in its stream, 0 or more
    /// @param recordedMicros when it was recorded, microseconds since 1970-01-01T00:00:00Z
    public record Place(long position, long revision, long recordedMicros) {}

    /// Length of the record at `offset`, as it says itself; check it with [#isWhole] before trusting it.
    public static int recordBytes(byte[] buffer, int offset) {
        return getInt(buffer, offset);
    }

    /// Length of the stream's name in UTF-8; the name begins [#HEADER_BYTES] after `offset`.
    public static int streamBytes(byte[] buffer, int offset) {
        return getShort(buffer, offset + STREAM_BYTES);
    }

    /// Whether a whole record lies at `offset` and before `end`: its lengths agree with each other and
    /// its checksum with its bytes. Never reads outside [offset, end) and never throws.
    public static boolean isWhole(byte[] buffer, int offset, int end) {
        return isWellFormed(buffer, offset, end)
                && getInt(buffer, offset + CHECKSUM) == checksum(buffer, offset, recordBytes(buffer, offset));
    }

    /// The same without the checksum, for records whose bytes another checksum covers: whether each of its
    /// fields can be read. Never reads outside [offset, end) and never throws.
    public static boolean isWellFormed(byte[] buffer, int offset, int end) {
        if (offset < 0 || end > buffer.length || end - offset < HEADER_BYTES) {
            return false;
        }
        int bytes = recordBytes(buffer, offset);
        return bytes >= HEADER_BYTES
                && bytes <= end - offset
                && (bytes & 7) == 0
                && lengthsAgree(buffer, offset, bytes);
    }

    private static boolean lengthsAgree(byte[] buffer, int offset, int bytes) {
        int tags = getInt(buffer, offset + TAGS_BYTES);
        int metadata = getInt(buffer, offset + METADATA_BYTES);
        int data = getInt(buffer, offset + DATA_BYTES);
        if (tags < 0 || metadata < 0 || data < 0) {
            return false;
        }
        long names = HEADER_BYTES
                + (long) getShort(buffer, offset + STREAM_BYTES)
                + getShort(buffer, offset + TYPE_BYTES)
                + getShort(buffer, offset + CONTENT_TYPE_BYTES);
        long content = names + tags + metadata + data;
        int code = buffer[offset + CONTENT_TYPE_CODE];
        return ((content + 7) & ~7L) == bytes
                && code >= 0
                && code <= CODE_BINARY
                && tagsAgree(buffer, offset, (int) names, tags);
    }

    private static boolean tagsAgree(byte[] buffer, int offset, int from, int tagsBytes) {
        int at = offset + from;
        int end = at + tagsBytes;
        for (int left = getShort(buffer, offset + TAG_COUNT); left > 0; left--) {
            if (end - at < Short.BYTES) {
                return false;
            }
            at += Short.BYTES + getShort(buffer, at);
        }
        return at == end;
    }

    private static int checksum(byte[] buffer, int offset, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer, offset + POSITION, bytes - POSITION);
        return (int) crc.getValue();
    }

    private static int put(byte[] record, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, record, at, bytes.length);
        return at + bytes.length;
    }

    private static int contentTypeCode(String contentType) {
        return switch (contentType) {
            case NewEvent.JSON -> CODE_JSON;
            case NewEvent.BINARY -> CODE_BINARY;
            default -> 0;
        };
    }

    static String contentTypeOf(int code) {
        return switch (code) {
            case CODE_JSON -> NewEvent.JSON;
            case CODE_BINARY -> NewEvent.BINARY;
            default -> throw new IllegalStateException("Content type code " + code + " is not known.");
        };
    }

    private static void putShort(byte[] buffer, int at, int value) {
        if (value > 0xffff) {
            throw new IllegalArgumentException(
                    "A length or count is " + value + "; the format holds at most 65535. Shorten it.");
        }
        SHORTS.set(buffer, at, (short) value);
    }

    private static void putInt(byte[] buffer, int at, int value) {
        INTS.set(buffer, at, value);
    }

    private static void putLong(byte[] buffer, int at, long value) {
        LONGS.set(buffer, at, value);
    }

    static int getShort(byte[] buffer, int at) {
        return (short) SHORTS.get(buffer, at) & 0xffff;
    }

    static int getInt(byte[] buffer, int at) {
        return (int) INTS.get(buffer, at);
    }

    static long getLong(byte[] buffer, int at) {
        return (long) LONGS.get(buffer, at);
    }
}
