package dev.everfold.cloudevents;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A buffer that grows and is used again: lines and metadata are put together in it. For one thread.
final class ByteSink {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[4_096];
    private int length;

    void clear() {
        length = 0;
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    void writeTo(OutputStream target) throws IOException {
        target.write(bytes, 0, length);
    }

    void put(int b) {
        ensure(1);
        bytes[length++] = (byte) b;
    }

    void put(byte[] source, int from, int to) {
        ensure(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    /// Text that needs no escaping: names of attributes, numbers, times.
    @SuppressWarnings("deprecation") // ASCII only, and this copies without an array in between
    void putAscii(String text) {
        ensure(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    /// A JSON string of text in UTF-8; only what must be escaped is.
    void putString(byte[] utf8, int from, int to) {
        ensure(2 + (to - from));
        bytes[length++] = '"';
        int plainFrom = from;
        for (int i = from; i < to; i++) {
            byte b = utf8[i];
            if (b >= 0 && (b < 0x20 || b == '"' || b == '\\')) {
                put(utf8, plainFrom, i);
                putEscaped(b);
                plainFrom = i + 1;
            }
        }
        put(utf8, plainFrom, to);
        put('"');
    }

    private void putEscaped(byte b) {
        put('\\');
        switch (b) {
            case '"', '\\' -> put(b);
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            case '\b' -> put('b');
            case '\f' -> put('f');
            default -> {
                putAscii("u00");
                put(HEX[b >> 4]);
                put(HEX[b & 0xf]);
            }
        }
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }
}
