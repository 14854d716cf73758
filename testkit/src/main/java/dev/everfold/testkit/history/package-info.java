/// Histories of concurrent clients: recorded, kept on disk while they happen, and checked.
///
/// # The way of a history
/// A [HistoryClient] stands before a store and writes what it asks and what it is told to a [Journal]: in
/// memory ([MemoryJournal]), or in a file that survives the process ([FileJournal]; the format is in
/// [JournalFormat]). [HistoryWorkload] lets many clients loose on a store from one seed. All their calls
/// make a [History]; one history is followed by another when the store is opened again.
/// [HistoryChecker] compares it with the log and returns every [Violation] of a [Rule].
///
/// # What it relies on
/// The order of the log is visible, since every accepted append says where it is. So nothing has to be
/// searched for, and long histories are checked in seconds.
@NullMarked
package dev.everfold.testkit.history;

import org.jspecify.annotations.NullMarked;
