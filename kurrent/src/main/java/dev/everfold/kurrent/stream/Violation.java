package dev.everfold.kurrent.stream;

/// A stream that was not as expected; immutable.
///
/// @param stream which
/// @param expected what was expected
/// @param actual a revision, or the value of [ExpectedState#NO_STREAM], [ExpectedState#DELETED] or
///     [ExpectedState#TOMBSTONED]
/// @param lastRevision of its last event, whether hidden or not; -1 when it has none
public record Violation(String stream, ExpectedState expected, long actual, long lastRevision) {

    /// A violation by a stream that is neither deleted nor has a tombstone.
    static Violation found(String stream, ExpectedState expected, long lastRevision) {
        return new Violation(stream, expected, lastRevision, lastRevision);
    }

    /// Whether the stream takes nothing any more.
    public boolean isTombstoned() {
        return actual == ExpectedState.TOMBSTONED.value();
    }

    /// Whether the stream was deleted, so that its next append begins it anew.
    public boolean isDeleted() {
        return actual == ExpectedState.DELETED.value();
    }
}
