package dev.everfold.eventstore;

/// What must hold at the moment of an append; otherwise nothing of it is stored.
///
/// The events of an append never conflict with its own conditions: they are checked against what was there
/// before.
public sealed interface AppendCondition {

    /// Optimistic concurrency on one stream.
    ///
    /// @param stream which stream; it need not be one that the append writes to
    /// @param expected what is expected of it
    record StreamAt(String stream, Expected expected) implements AppendCondition {
        /// @throws IllegalArgumentException when the stream's name is not valid
        public StreamAt {
            Utf8.name(stream, "stream");
        }
    }

    /// A dynamic consistency boundary: no event at or after `fromPosition` matches the query.
    ///
    /// From 0 it means "nowhere in the log". After reading a boundary, pass the cursor's
    /// [EventCursor#nextPosition()], also when nothing was found.
    ///
    /// @param query what must not be there
    /// @param fromPosition first position that is looked at, 0 or more; at most the store's next position
    record NothingMatching(Query query, long fromPosition) implements AppendCondition {
        /// @throws IllegalArgumentException when the position is negative
        public NothingMatching {
            if (fromPosition < 0) {
                throw new IllegalArgumentException(
                        "Condition from position " + fromPosition + " is negative; expected 0 or more.");
            }
        }
    }
}
