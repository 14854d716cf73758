/// Proves that an engine keeps the contract of [dev.everfold.eventstore.EventStore].
///
/// # Where to begin
/// An engine supplies one thing, an [EventStoreFixture] that opens empty stores (a [RestartableFixture]
/// when they survive their closing), and one test class that extends [EventStoreConformance]
/// ([RestartableConformance]). All suites run from there, and suites that are added to the kit later
/// run with no change.
///
/// # The suites
/// Each is a class of tests whose names are sentences about one part of the contract, and says what it
/// leaves open.
///
/// ```
/// what is stored     AppendConformance, ContentConformance, NameConformance,
///                    TimeConformance, LimitsConformance
/// what is refused    StreamConditionConformance, QueryConditionConformance,
///                    ConflictConformance, RepeatConformance, TrackingConformance
/// what is found      QueryConformance, ReadConformance, CursorConformance, VolumeConformance
/// many at once       ConcurrencyConformance, VisibilityConformance, AwaitConformance,
///                    HistoryConformance
/// the end            CloseConformance, RestartConformance
/// everything, drawn  DifferentialConformance
/// ```
///
/// [ConformanceSuite] is what they have in common; an engine may extend it for tests of its own.
///
/// # Random histories
/// [RandomOperations] draws [Operation]s from a seed; [DifferentialConformance] makes each on the
/// engine and on [dev.everfold.eventstore.InMemoryEventStore], and compares the outcomes. A failure
/// names the seed and how to repeat it.
///
/// # Histories of many clients
/// [HistoryConformance] lets seeded clients loose on the engine and checks all that they were told. The
/// parts are in [dev.everfold.testkit.history], for harnesses that kill the process in between.
///
/// # What the kit demands of a machine
/// Time comes from a [MutableClock] and is never waited for, but for a few waits of milliseconds that
/// must run out. Threads are virtual. A test that hangs is interrupted after 30 seconds and fails;
/// nothing is skipped.
///
/// # Who tests the suites
/// In this module's own tests every suite must fail on a store that does nothing, and each of some two
/// hundred planted faults must fail each suite that it names.
@NullMarked
package dev.everfold.testkit;

import org.jspecify.annotations.NullMarked;
