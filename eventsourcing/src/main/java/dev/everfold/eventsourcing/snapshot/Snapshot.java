package dev.everfold.eventsourcing.snapshot;

import dev.everfold.eventstore.Bytes;
import java.time.Instant;

/// The state of one stream as a decider folded it, up to and with one of its events.
///
/// @param key whose state it is, and of which shape
/// @param revision of the last event that was folded, 0 or more
/// @param position of the last event that was folded, 0 or more
/// @param taken when
/// @param state as a [StateCodec] encoded it
public record Snapshot(SnapshotKey key, long revision, long position, Instant taken, Bytes state) {

    /// @throws IllegalArgumentException when there is no such revision or position
    public Snapshot {
        if (revision < 0 || position < revision) {
            throw new IllegalArgumentException("A snapshot at revision " + revision + " and position " + position
                    + " cannot be; expected 0 ≤ revision ≤ position.");
        }
    }

    /// Place only; a state may be personal data.
    @Override
    public String toString() {
        return "Snapshot[decider=" + key.decider() + ", revision=" + revision + ", " + state.length() + " bytes]";
    }
}
