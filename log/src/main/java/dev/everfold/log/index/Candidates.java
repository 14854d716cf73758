package dev.everfold.log.index;

/// Positions at which events may match, in the order asked for, each at most once.
///
/// None that matches is missing; some may not match, because a hash collided or because the index
/// left the filtering of a dense range to the caller. So every event found is compared with the
/// query itself.
///
/// Used by one thread at a time. Holds nothing that must be closed, and stays valid while the index
/// goes on.
///
/// @see LogIndex#candidates
public interface Candidates {

    /// The next position; −1 when there is none, then and ever after.
    ///
    /// @throws CorruptIndexException when a file of the index is damaged; positions returned before
    ///     are right
    long next();
}
