/// A disk in memory that loses power and fails on request, to put under the engine in tests.
///
/// [dev.everfold.log.simulation.SimulatedDisk] is the storage; it writes down every
/// [dev.everfold.log.simulation.Effect]. [dev.everfold.log.simulation.Device] replays effects and knows
/// at each moment what is durable and what is pending; a [dev.everfold.log.simulation.Survival] says
/// which of the pending changes a power loss leaves. [dev.everfold.log.simulation.Fault] makes an
/// operation fail, and [dev.everfold.log.simulation.StepwiseExecutor] keeps background work in the
/// order that a seed says.
///
/// What it leaves open: stale bytes of deleted files in new ones (a file system that shows them is broken),
/// and sectors that are torn in themselves.
package dev.everfold.log.simulation;
