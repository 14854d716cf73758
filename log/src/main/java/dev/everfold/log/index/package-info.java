/// The index of the log: which terms stand at which positions.
///
/// It is derived: the log alone decides what is true, and every part of the index can be deleted
/// and built again. Read in this order:
///
/// - [dev.everfold.log.index.TermHash]: a term — stream, category, type, tag, id, first of its
///   stream — is 64 bits.
/// - [dev.everfold.log.index.LogIndex]: the list of parts that cover the log from position 0, and
///   what one asks it.
/// - `Memtable` and `TermTable`: the newest positions, in primitive arrays, one writer and many
///   readers without a lock.
/// - `RunFormat`, `RunFile`, `RunWriter`: older positions, in immutable files whose every block has
///   a checksum.
/// - `RunDirectory`: which files are the runs when a store is opened.
/// - `Maintenance` and `RunMerge`: full memtables become runs, eight small runs become a large one.
/// - `IndexQuery` and `Cursor`: a query becomes a leapfrog over sorted lists of positions.
/// - [dev.everfold.log.index.IndexVerifier]: proves runs against the log, record by record.
@NullMarked
package dev.everfold.log.index;

import org.jspecify.annotations.NullMarked;
