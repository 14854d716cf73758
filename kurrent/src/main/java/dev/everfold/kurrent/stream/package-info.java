/// What KurrentDB means by a stream, said in the words of our contract.
///
/// A stream's metadata, its deletion and its tombstone are events of its metastream; [Lifecycle]
/// is the fold over them. Every append carries the revision of the metastream that it was decided
/// with, so whatever changes meanwhile, also by another server of the same store, refuses the
/// append instead of being overlooked ([StreamAppends]). What metadata hides is left out when
/// reading ([StreamReads]).
@NullMarked
package dev.everfold.kurrent.stream;

import org.jspecify.annotations.NullMarked;
