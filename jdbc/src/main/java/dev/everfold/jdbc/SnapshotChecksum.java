package dev.everfold.jdbc;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventstore.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A checksum (CRC-32C) over all of a snapshot, its key included: a row that was changed, or that stands
/// under another key, is found out.
///
/// Covered, in this order: lineage (16 bytes), schema version (4), revision (8), position (8), then decider,
/// stream and time as text in UTF-8 and the state, each after its length in bytes (4). Big-endian.
final class SnapshotChecksum {

    private static final int NUMBERS_BYTES = 36;

    private SnapshotChecksum() {}

    /// @throws IllegalArgumentException when a name is not valid Unicode
    static long of(Snapshot snapshot) {
        SnapshotKey key = snapshot.key();
        ByteBuffer numbers = ByteBuffer.allocate(NUMBERS_BYTES)
                .putLong(key.lineage().getMostSignificantBits())
                .putLong(key.lineage().getLeastSignificantBits())
                .putInt(key.schemaVersion())
                .putLong(snapshot.revision())
                .putLong(snapshot.position())
                .flip();
        CRC32C checksum = new CRC32C();
        checksum.update(numbers);
        add(checksum, Bytes.utf8(key.decider()));
        add(checksum, Bytes.utf8(key.stream()));
        add(checksum, Bytes.utf8(snapshot.taken().toString()));
        add(checksum, snapshot.state());
        return checksum.getValue();
    }

    private static void add(CRC32C checksum, Bytes bytes) {
        checksum.update(
                ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length()).flip());
        checksum.update(bytes.asByteBuffer());
    }
}
