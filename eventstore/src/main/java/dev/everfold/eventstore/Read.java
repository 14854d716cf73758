package dev.everfold.eventstore;

/// What is to be read, in which order, and how much of it.
///
/// Immutable; each method returns a changed copy.
///
/// @param source which events
/// @param direction in which order; it never changes which events are meant, only with a limit which
///     come first
/// @param limit at most so many events, 1 or more; [Long#MAX_VALUE] = all
public record Read(Source source, Direction direction, long limit) {

    /// Order of the events by position.
    public enum Direction {
        /// Rising positions.
        FORWARDS,
        /// Falling positions.
        BACKWARDS
    }

    /// Which events a read is about.
    public sealed interface Source {

        /// Events that match a query within a half-open range of positions.
        ///
        /// @param query which events
        /// @param fromPosition first position, 0 or more; at most the store's next position
        /// @param toPosition position after the last; [Long#MAX_VALUE] = up to the end
        record Matching(Query query, long fromPosition, long toPosition) implements Source {
            /// @throws IllegalArgumentException when the range is negative or ends before it begins
            public Matching {
                checkRange("position", fromPosition, toPosition);
            }
        }

        /// Events of one stream within a half-open range of revisions.
        ///
        /// @param stream which stream
        /// @param fromRevision first revision, 0 or more; may lie beyond the end of the stream
        /// @param toRevision revision after the last; [Long#MAX_VALUE] = up to the end
        record Revisions(String stream, long fromRevision, long toRevision) implements Source {
            /// @throws IllegalArgumentException when the name is not valid, or the range is negative or
            ///     ends before it begins
            public Revisions {
                Utf8.name(stream, "stream");
                checkRange("revision", fromRevision, toRevision);
            }
        }

        private static void checkRange(String what, long from, long to) {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException(
                        "The range of " + what + "s [" + from + ", " + to + ") is not one; expected 0 ≤ from ≤ to.");
            }
        }
    }

    /// @throws IllegalArgumentException when the limit is below 1
    public Read {
        if (limit < 1) {
            throw new IllegalArgumentException("The limit " + limit + " of a read is too low; expected 1 or more.");
        }
    }

    /// Everything, forwards.
    public static Read all() {
        return matching(Query.all());
    }

    /// All events that match the query, forwards.
    public static Read matching(Query query) {
        return new Read(new Source.Matching(query, 0, Long.MAX_VALUE), Direction.FORWARDS, Long.MAX_VALUE);
    }

    /// One stream by revisions, forwards.
    public static Read stream(String stream) {
        return new Read(new Source.Revisions(stream, 0, Long.MAX_VALUE), Direction.FORWARDS, Long.MAX_VALUE);
    }

    /// The same read from this position on (inclusive).
    ///
    /// @throws IllegalStateException when this read is by revisions
    public Read fromPosition(long position) {
        Source.Matching matching = byPosition();
        return new Read(new Source.Matching(matching.query(), position, matching.toPosition()), direction, limit);
    }

    /// The same read up to this position (exclusive).
    ///
    /// @throws IllegalStateException when this read is by revisions
    public Read toPosition(long position) {
        Source.Matching matching = byPosition();
        return new Read(new Source.Matching(matching.query(), matching.fromPosition(), position), direction, limit);
    }

    /// The same read from this revision on (inclusive).
    ///
    /// @throws IllegalStateException when this read is by positions
    public Read fromRevision(long revision) {
        Source.Revisions revisions = byRevision();
        return new Read(new Source.Revisions(revisions.stream(), revision, revisions.toRevision()), direction, limit);
    }

    /// The same read up to this revision (exclusive).
    ///
    /// @throws IllegalStateException when this read is by positions
    public Read toRevision(long revision) {
        Source.Revisions revisions = byRevision();
        return new Read(new Source.Revisions(revisions.stream(), revisions.fromRevision(), revision), direction, limit);
    }

    /// The same read, newest first.
    public Read backwards() {
        return new Read(source, Direction.BACKWARDS, limit);
    }

    /// The same read of at most so many events, 1 or more.
    public Read limit(long events) {
        return new Read(source, direction, events);
    }

    private Source.Matching byPosition() {
        if (source instanceof Source.Matching matching) {
            return matching;
        }
        throw new IllegalStateException("This read is by revisions of one stream; expected one by positions."
                + " Use Read.matching(Query.stream(…)).");
    }

    private Source.Revisions byRevision() {
        if (source instanceof Source.Revisions revisions) {
            return revisions;
        }
        throw new IllegalStateException("This read is by positions; expected one by revisions. Use Read.stream(…).");
    }
}
