/// Tests of deciders, reactions and projections, and of what is put below them, without a test library: failures are
/// [AssertionError]s.
///
/// Start with [DeciderSpec]: given events, when a command, then events. [ReactionSpec] does the same for reactions, and
/// [ProjectionSpec] for projections: given events, then rows. [FixedIds] and [FixedClock] make what a decider gets
/// from outside the same in every run. [SnapshotStoreConformance] checks a
/// [dev.everfold.eventsourcing.snapshot.SnapshotStore].
@NullMarked
package dev.everfold.eventsourcing.testing;

import org.jspecify.annotations.NullMarked;
