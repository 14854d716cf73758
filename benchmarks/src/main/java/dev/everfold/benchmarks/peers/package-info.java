/// The embedded log beside other embedded stores that an event store could be built on, in one run.
///
/// [Comparison] is the program; [Contender] says what is compared. What the others keep is laid out by
/// [IndexedStore], and [GroupCommit] stands in front of each, so that they get the batching that the log
/// has of its own.
@NullMarked
package dev.everfold.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
