/// Measures a store beside the raw disk and beside the least that its work can cost, in one run, so that
/// ratios can be compared where absolute times cannot.
///
/// [Benchmark] goes through the [Workload]s round by round. What a store does is measured by
/// [AppendWorkload], [ConditionCost] and [ReadWorkload]; what it is compared with by [RawDisk],
/// [BareWriter] and [BareReads]. [Results] makes a [Row] of each.
@NullMarked
package dev.everfold.cli.bench;

import org.jspecify.annotations.NullMarked;
