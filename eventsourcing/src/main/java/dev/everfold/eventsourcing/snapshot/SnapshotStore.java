package dev.everfold.eventsourcing.snapshot;

import java.util.Optional;

/// Keeps snapshots. Safe for use by many threads and, where it outlives a process, by many processes.
///
/// What it loses costs time only; what it returns must be what was put under the very same key.
/// `dev.everfold.eventsourcing.testing.SnapshotStoreConformance` checks an implementation.
public interface SnapshotStore {

    /// Stores a snapshot, in place of one with its key and revision, and deletes all of its key but the
    /// newest `keep` (1 or more).
    void put(Snapshot snapshot, int keep);

    /// The snapshot of this key with the highest revision below `toRevision`; [Long#MAX_VALUE] = of all.
    Optional<Snapshot> newest(SnapshotKey key, long toRevision);

    /// Deletes every snapshot of this decider, of whatever shape and stream.
    void deleteAll(String decider);
}
