/// Measures a store beside the raw disk, in one run, so that ratios can be compared where absolute times
/// cannot.
///
/// [Benchmark] goes through the [Workload]s round by round and keeps a [Measurement] of each; [RawDisk] is
/// the yardstick.
@NullMarked
package dev.everfold.cli.bench;

import org.jspecify.annotations.NullMarked;
