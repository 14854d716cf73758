/// Saved states of deciders, so that long streams load fast.
///
/// A snapshot is derived: it can be deleted at any time and costs time only. [SnapshotPolicy] says when one
/// is taken, [StateCodec] how a state becomes bytes, [SnapshotStore] where they go. A [SnapshotKey] names
/// the shape of the state, so that a changed state class never reads what an older one wrote.
@NullMarked
package dev.everfold.eventsourcing.snapshot;

import org.jspecify.annotations.NullMarked;
