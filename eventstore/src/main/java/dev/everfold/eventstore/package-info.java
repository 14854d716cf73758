/// The contract that every engine fulfils and every application is written against.
///
/// Start with [EventStore]: append, read, wait. An [Append] is one atomic unit of [NewEvent]s, guarded
/// by [AppendCondition]s; what comes back is [Appended] or an [AppendConflictException] that says what
/// was found. A [Read] selects by [Query] or by revisions of one stream and is answered by an
/// [EventCursor] of [RecordedEvent]s. [EventStores] opens a store by its URI; [EventStoreProvider] is
/// what an engine supplies to be found there. [InMemoryEventStore] is the contract in its plainest form
/// and the oracle that other engines are compared with.
///
/// Words: a *position* is the place of an event in the whole log, a *revision* its place in its stream,
/// both 0-based and dense; the *next position* is the number of events so far. Ranges are half-open.
@NullMarked
package dev.everfold.eventstore;

import org.jspecify.annotations.NullMarked;
