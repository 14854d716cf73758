package dev.everfold.eventsourcing.snapshot;

import java.util.UUID;

/// Whose state it is, and of which shape.
///
/// @param lineage of the store with the events: after a restore from a backup, in which later events are
///     missing, older snapshots are of another history
/// @param decider name of the decider
/// @param schemaVersion of the state ([StateCodec#schemaVersion()])
/// @param stream whose events were folded
public record SnapshotKey(UUID lineage, String decider, int schemaVersion, String stream) {}
