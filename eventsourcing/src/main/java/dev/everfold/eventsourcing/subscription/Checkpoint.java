package dev.everfold.eventsourcing.subscription;

import java.util.UUID;

/// How far a consumer is, in the history where that counts.
///
/// @param lineage identity of the history ([dev.everfold.eventstore.EventStore#lineage()])
/// @param position the next position to read: everything below has been handled or parked; 0 or more
public record Checkpoint(UUID lineage, long position) {

    /// @throws IllegalArgumentException when the position is negative
    public Checkpoint {
        if (position < 0) {
            throw new IllegalArgumentException("Checkpoint " + position + " is negative; expected 0 or more.");
        }
    }
}
