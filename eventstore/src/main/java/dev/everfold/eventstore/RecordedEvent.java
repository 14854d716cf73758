package dev.everfold.eventstore;

import static dev.everfold.eventstore.EventFormat.getInt;
import static dev.everfold.eventstore.EventFormat.getLong;
import static dev.everfold.eventstore.EventFormat.getShort;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// An event as the store keeps it, with its place in the log.
///
/// A view of one slice of bytes ([EventFormat]); fields are decoded when asked for, so ask once and
/// keep the answer. Immutable and safe to share. Events of one read share the buffer that they were
/// read into, up to 256 KiB: [#detached()] makes a copy that holds its own bytes only, for keeping one
/// event for long. Equality is by content.
public final class RecordedEvent {

    private final byte[] buffer;
    private final int offset;

    private RecordedEvent(byte[] buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    /// A view of the whole record at `offset`; the caller has checked it ([EventFormat#isWhole]) and
    /// never changes the buffer again.
    public static RecordedEvent view(byte[] buffer, int offset) {
        return new RecordedEvent(buffer, offset);
    }

    /// Place in the whole log, 0-based and dense.
    public long position() {
        return getLong(buffer, offset + EventFormat.POSITION);
    }

    /// Place in its stream, 0-based and dense.
    public long revision() {
        return getLong(buffer, offset + EventFormat.REVISION);
    }

    /// When the store recorded it; never falls from one position to the next.
    public Instant recorded() {
        return Micros.toInstant(recordedMicros());
    }

    /// [#recorded()] in microseconds since 1970-01-01T00:00:00Z.
    public long recordedMicros() {
        return getLong(buffer, offset + EventFormat.RECORDED);
    }

    /// When it happened, as the writer said; empty when the writer did not say.
    public Optional<Instant> occurred() {
        long micros = getLong(buffer, offset + EventFormat.OCCURRED);
        return micros == Micros.NONE ? Optional.empty() : Optional.of(Micros.toInstant(micros));
    }

    /// Identity given by the writer.
    public UUID id() {
        return new UUID(idMost(), idLeast());
    }

    /// The high half of [#id()].
    public long idMost() {
        return getLong(buffer, offset + EventFormat.ID_MOST);
    }

    /// The low half of [#id()].
    public long idLeast() {
        return getLong(buffer, offset + EventFormat.ID_LEAST);
    }

    /// The stream it belongs to.
    public String stream() {
        return text(streamAt(), streamBytes());
    }

    /// What happened.
    public String type() {
        return text(typeAt(), typeBytes());
    }

    /// Media type of the data.
    public String contentType() {
        int code = buffer[offset + EventFormat.CONTENT_TYPE_CODE];
        return code == 0
                ? new String(buffer, contentTypeAt(), contentTypeBytes(), StandardCharsets.US_ASCII)
                : EventFormat.contentTypeOf(code);
    }

    /// What it concerns; distinct, in the order given by the writer.
    public List<String> tags() {
        int count = getShort(buffer, offset + EventFormat.TAG_COUNT);
        if (count == 0) {
            return List.of();
        }
        String[] tags = new String[count];
        int at = contentTypeAt() + contentTypeBytes();
        for (int i = 0; i < count; i++) {
            int length = getShort(buffer, at);
            tags[i] = text(at + Short.BYTES, length);
            at += Short.BYTES + length;
        }
        return List.of(tags);
    }

    /// About the event, byte for byte as it was given.
    public Bytes metadata() {
        return Bytes.slice(buffer, metadataAt(), metadataBytes());
    }

    /// The payload, byte for byte as it was given.
    public Bytes data() {
        return Bytes.slice(buffer, metadataAt() + metadataBytes(), dataBytes());
    }

    /// Length of the record in bytes ([EventFormat]).
    public int recordBytes() {
        return EventFormat.recordBytes(buffer, offset);
    }

    /// Copies the record into `target`, beginning at `targetOffset`.
    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(buffer, offset, target, targetOffset, recordBytes());
    }

    /// The same event in a buffer of its own.
    public RecordedEvent detached() {
        return new RecordedEvent(Arrays.copyOfRange(buffer, offset, offset + recordBytes()), 0);
    }

    /// The event as it was given to the store, without its recorded time: for copies that are to be
    /// recorded anew.
    public NewEvent toNewEvent() {
        return new NewEvent(
                stream(), id(), type(), contentType(), data(), metadata(), tags(), occurred(), Optional.empty());
    }

    /// Receives a slice of a buffer: a name in UTF-8 that is not decoded.
    @FunctionalInterface
    public interface SliceConsumer {
        /// Called with the slice [at, at + length) of `buffer`, which must not be changed.
        void accept(byte[] buffer, int at, int length);
    }

    /// Hands over the stream's name in UTF-8 without a copy.
    public void withStream(SliceConsumer consumer) {
        consumer.accept(buffer, streamAt(), streamBytes());
    }

    /// Hands over the type in UTF-8 without a copy.
    public void withType(SliceConsumer consumer) {
        consumer.accept(buffer, typeAt(), typeBytes());
    }

    /// Hands over each tag in UTF-8 without a copy.
    public void forEachTag(SliceConsumer consumer) {
        int at = contentTypeAt() + contentTypeBytes();
        for (int left = getShort(buffer, offset + EventFormat.TAG_COUNT); left > 0; left--) {
            int length = getShort(buffer, at);
            consumer.accept(buffer, at + Short.BYTES, length);
            at += Short.BYTES + length;
        }
    }

    /// Whether the event belongs to the stream with this name in UTF-8.
    public boolean hasStream(byte[] name) {
        return isAt(name, streamAt(), streamBytes());
    }

    /// Whether the event's stream is of the category with this name in UTF-8.
    public boolean hasCategory(byte[] name) {
        int at = streamAt();
        int length = streamBytes();
        return length >= name.length
                && isAt(name, at, name.length)
                && (length == name.length || buffer[at + name.length] == '-');
    }

    /// Whether the event has the type with this name in UTF-8.
    public boolean hasType(byte[] name) {
        return isAt(name, typeAt(), typeBytes());
    }

    /// Whether the event carries the tag with this name in UTF-8.
    public boolean hasTag(byte[] name) {
        int at = contentTypeAt() + contentTypeBytes();
        for (int left = getShort(buffer, offset + EventFormat.TAG_COUNT); left > 0; left--) {
            int length = getShort(buffer, at);
            if (isAt(name, at + Short.BYTES, length)) {
                return true;
            }
            at += Short.BYTES + length;
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordedEvent that
                && Arrays.equals(
                        buffer,
                        offset,
                        offset + recordBytes(),
                        that.buffer,
                        that.offset,
                        that.offset + that.recordBytes());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(position()) * 31 + Long.hashCode(idLeast());
    }

    /// Place and identity only; content and names of an event may be personal data.
    @Override
    public String toString() {
        return "RecordedEvent[position=" + position() + ", revision=" + revision() + ", id=" + id() + "]";
    }

    private boolean isAt(byte[] name, int at, int length) {
        return name.length == length && Arrays.equals(name, 0, length, buffer, at, at + length);
    }

    private String text(int at, int length) {
        return new String(buffer, at, length, StandardCharsets.UTF_8);
    }

    private int streamAt() {
        return offset + EventFormat.HEADER_BYTES;
    }

    private int typeAt() {
        return streamAt() + streamBytes();
    }

    private int contentTypeAt() {
        return typeAt() + typeBytes();
    }

    private int metadataAt() {
        return contentTypeAt() + contentTypeBytes() + getInt(buffer, offset + EventFormat.TAGS_BYTES);
    }

    private int streamBytes() {
        return getShort(buffer, offset + EventFormat.STREAM_BYTES);
    }

    private int typeBytes() {
        return getShort(buffer, offset + EventFormat.TYPE_BYTES);
    }

    private int contentTypeBytes() {
        return getShort(buffer, offset + EventFormat.CONTENT_TYPE_BYTES);
    }

    private int metadataBytes() {
        return getInt(buffer, offset + EventFormat.METADATA_BYTES);
    }

    private int dataBytes() {
        return getInt(buffer, offset + EventFormat.DATA_BYTES);
    }
}
