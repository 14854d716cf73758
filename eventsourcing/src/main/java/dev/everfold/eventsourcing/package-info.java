/// Deciders: commands in, events out, state folded.
///
/// Start with [Decider], three functions that say what an event-sourced thing is, and its answer [Decision].
/// [Everfold] opens a store and makes a [DeciderHandler], which loads, folds, decides and appends; [Handled] is
/// what comes back. [CommandContext] is what is known about a command beside what it asks for, its id above all.
/// What a state was at any earlier point, and how it came about, is in package `history`; decisions across
/// streams are in `boundary`. Behind the handler, `CommandHandling` is the life of a command and `StateLoader`
/// the one place where stored events become state.
@NullMarked
package dev.everfold.eventsourcing;

import org.jspecify.annotations.NullMarked;
