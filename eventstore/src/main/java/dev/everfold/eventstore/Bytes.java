package dev.everfold.eventstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// An immutable run of bytes: the data or the metadata of an event.
///
/// Equality is by content. Instances are safe to share between threads. An instance taken from a
/// [RecordedEvent] is a slice of the buffer that the event was read into and keeps that buffer reachable.
public final class Bytes {

    private static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] buffer;
    private final int offset;
    private final int length;

    private Bytes(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
    }

    /// No bytes at all.
    public static Bytes empty() {
        return EMPTY;
    }

    /// A copy of the given array; later changes to the array are not seen.
    public static Bytes of(byte[] source) {
        return source.length == 0 ? EMPTY : new Bytes(source.clone(), 0, source.length);
    }

    /// A copy of what remains in the given buffer, whose position is not moved.
    public static Bytes of(ByteBuffer source) {
        byte[] copy = new byte[source.remaining()];
        source.get(source.position(), copy);
        return copy.length == 0 ? EMPTY : new Bytes(copy, 0, copy.length);
    }

    /// The UTF-8 form of the given text.
    ///
    /// @throws IllegalArgumentException when the text holds an unpaired surrogate, which UTF-8 cannot
    ///     express
    public static Bytes utf8(String text) {
        byte[] encoded = Utf8.encode(text, "text");
        return encoded.length == 0 ? EMPTY : new Bytes(encoded, 0, encoded.length);
    }

    /// A view of a part of an array that the caller promises never to change again.
    static Bytes slice(byte[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        return length == 0 ? EMPTY : new Bytes(buffer, offset, length);
    }

    /// How many bytes there are.
    public int length() {
        return length;
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return length == 0;
    }

    /// The byte at `index`, 0 ≤ index < length.
    public byte at(int index) {
        return buffer[offset + Objects.checkIndex(index, length)];
    }

    /// A new array with these bytes; the caller owns it.
    public byte[] toArray() {
        return Arrays.copyOfRange(buffer, offset, offset + length);
    }

    /// Copies all bytes into `target`, beginning at `targetOffset`.
    ///
    /// @throws IndexOutOfBoundsException when they do not fit
    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(buffer, offset, target, targetOffset, length);
    }

    /// A read-only view without a copy.
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(buffer, offset, length).slice().asReadOnlyBuffer();
    }

    /// These bytes read as UTF-8; malformed input becomes U+FFFD.
    public String utf8() {
        return new String(buffer, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(buffer, offset, offset + length, that.buffer, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + buffer[i];
        }
        return hash;
    }

    /// The length only: content may be personal data and must not reach a log by accident.
    @Override
    public String toString() {
        return length + " bytes";
    }
}
