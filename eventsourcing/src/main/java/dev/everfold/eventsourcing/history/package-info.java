/// How a state came about, and what it was at any earlier point.
///
/// Start with [PointInTime]: as of a time of occurrence, as known at a time of recording, at a position, at a
/// revision. [TimeTravel] folds streams up to such a point; a decider's handler has the same methods by id.
/// [HistoryEntry] is one event with who, when and why, and the state before and after it; [Difference] is one
/// place where two states differ.
///
/// Everything is folded from the log itself. A saved state ([SavedStates]) only shortens the way, and only where
/// the log proves that it lies before the point.
@NullMarked
package dev.everfold.eventsourcing.history;

import org.jspecify.annotations.NullMarked;
