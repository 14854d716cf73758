package dev.everfold.cloudevents;

import dev.everfold.eventstore.Bytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;

/// Event ids from the ids of CloudEvents.
///
/// A CloudEvent is identified by its source and its id together, so both go into the name: two sources
/// that count 1, 2, 3 must not take each other's events for repeats.
final class NameBasedId {

    /// Namespace of the UUIDs of version 5.
    static final UUID NAMESPACE = UUID.fromString("5d9e3a5c-6f0b-4c37-9d51-2f6d8f1b7a40");

    private static final int UUID_LENGTH = 36;
    private static final int MOST_LENGTH = 18;

    private NameBasedId() {}

    /// The UUID that the text is, 8-4-4-4-12 hexadecimal digits; empty when it is none.
    static Optional<UUID> parseUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return Optional.empty();
        }
        long most = 0;
        long least = 0;
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') {
                    return Optional.empty();
                }
                continue;
            }
            int digit = hexDigit(c);
            if (digit < 0) {
                return Optional.empty();
            }
            if (i < MOST_LENGTH) {
                most = (most << 4) | digit;
            } else {
                least = (least << 4) | digit;
            }
        }
        return Optional.of(new UUID(most, least));
    }

    /// Version 5 of RFC 9562, section 5.5: SHA-1 over the namespace and the name.
    ///
    /// @throws IllegalArgumentException when a text holds an unpaired surrogate
    static UUID of(String source, String id) {
        MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-1.", impossible);
        }
        sha1.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .flip());
        sha1.update(Bytes.utf8(source).asByteBuffer());
        sha1.update((byte) 0);
        sha1.update(Bytes.utf8(id).asByteBuffer());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest());
        long most = (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x5000L;
        long least = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(most, least);
    }

    /// Character.digit would take digits of other scripts as well.
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = (c | 0x20) - 'a';
        return letter >= 0 && letter < 6 && c < 0x80 ? letter + 10 : -1;
    }
}
