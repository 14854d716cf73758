package dev.everfold.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream of lines into chunks of whole lines, all in one buffer. For one thread.
///
/// A chunk comes as soon as there is a whole line, so that what is written slowly is not held back. A
/// line that is too long is a chunk by itself, without its bytes.
final class NdjsonChunks {

    private static final int BUFFER_BYTES = 1 << 18;

    private final InputStream in;
    private final int lineBytesMax;
    private byte[] buffer;
    private int from;
    private int to;
    private int end;
    private boolean isAtBegin = true;
    private boolean isTooLong;

    NdjsonChunks(InputStream in, int lineBytesMax) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
        this.buffer = new byte[Math.min(BUFFER_BYTES, lineBytesMax)];
    }

    /// Goes on to the next chunk; the bytes of the last one are no longer there.
    ///
    /// @return false at the end of the stream
    boolean next() throws IOException {
        System.arraycopy(buffer, to, buffer, 0, end - to);
        end -= to;
        from = 0;
        to = 0;
        isTooLong = false;
        to = lineEnd(0);
        if (to > 0) {
            return true;
        }
        int searched = end;
        while (true) {
            if (end == buffer.length && !grow()) {
                return skipLine();
            }
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                to = end;
                skipByteOrderMark();
                return from < to;
            }
            end += count;
            to = lineEnd(searched);
            if (to > 0) {
                skipByteOrderMark();
                return true;
            }
            searched = end;
        }
    }

    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /// Whether this chunk stands for a line that is longer than it may be.
    boolean isTooLong() {
        return isTooLong;
    }

    /// Whether nothing more has arrived yet.
    boolean isWaiting() throws IOException {
        return to == end && in.available() == 0;
    }

    private boolean grow() {
        if (buffer.length >= lineBytesMax) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, lineBytesMax));
        return true;
    }

    private int lineEnd(int searched) {
        for (int at = end - 1; at >= searched; at--) {
            if (buffer[at] == '\n') {
                return at + 1;
            }
        }
        return 0;
    }

    /// Drops the rest of a line that does not fit; what follows it in the buffer is the next chunk's.
    private boolean skipLine() throws IOException {
        isTooLong = true;
        isAtBegin = false;
        while (true) {
            end = in.read(buffer, 0, buffer.length);
            if (end < 0) {
                end = 0;
                to = 0;
                return true;
            }
            for (int at = 0; at < end; at++) {
                if (buffer[at] == '\n') {
                    from = at + 1;
                    to = at + 1;
                    return true;
                }
            }
        }
    }

    /// Editors on Windows put one before UTF-8.
    private void skipByteOrderMark() {
        if (isAtBegin
                && to - from >= 3
                && buffer[from] == (byte) 0xef
                && buffer[from + 1] == (byte) 0xbb
                && buffer[from + 2] == (byte) 0xbf) {
            from += 3;
        }
        isAtBegin = false;
    }
}
