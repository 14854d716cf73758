package dev.everfold.log.simulation;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// Bytes that never change, and a number that tells them from others. For one thread.
final class Content {

    static final Content EMPTY = new Content(new byte[0]);

    private final byte[] bytes;
    private long identity;

    Content(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    /// Two checksums side by side, worked out once.
    long identity() {
        if (identity == 0) {
            CRC32C one = new CRC32C();
            one.update(bytes);
            CRC32 other = new CRC32();
            other.update(bytes);
            identity = (one.getValue() << 32 | other.getValue()) + bytes.length;
        }
        return identity;
    }
}
