package dev.everfold.testkit.history;

import dev.everfold.eventstore.RecordedEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// An event as a read returned it: where, and a digest of all its bytes.
///
/// @param position its position
/// @param digest the first eight bytes of the SHA-256 of its record
public record Sighting(long position, long digest) {

    /// What is remembered of an event.
    public static Sighting of(RecordedEvent event) {
        byte[] record = new byte[event.recordBytes()];
        event.copyTo(record, 0);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(record);
            return new Sighting(event.position(), ByteBuffer.wrap(hash).getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256.", impossible);
        }
    }
}
