package dev.everfold.eventstore;

/// What a writer expects of a stream before its append.
public sealed interface Expected {

    /// The stream has no event.
    record NoStream() implements Expected {}

    /// The last event of the stream has this revision.
    ///
    /// @param revision 0 or more
    record Revision(long revision) implements Expected {
        /// @throws IllegalArgumentException when the revision is negative
        public Revision {
            if (revision < 0) {
                throw new IllegalArgumentException(
                        "Expected revision " + revision + " is negative; expected 0 or more, or Expected.noStream().");
            }
        }
    }

    /// The stream has at least one event.
    record Exists() implements Expected {}

    /// Nothing: this always holds.
    record Any() implements Expected {}

    /// The stream has no event.
    static Expected noStream() {
        return new NoStream();
    }

    /// The last event of the stream has this revision, 0 or more.
    static Expected revision(long revision) {
        return new Revision(revision);
    }

    /// The stream has at least one event.
    static Expected exists() {
        return new Exists();
    }

    /// Nothing: this always holds.
    static Expected any() {
        return new Any();
    }

    /// Whether this holds for a stream whose last revision is given.
    ///
    /// @param lastRevision revision of the stream's last event, -1 when it has none
    default boolean holdsFor(long lastRevision) {
        return switch (this) {
            case NoStream _ -> lastRevision == -1;
            case Revision(long revision) -> lastRevision == revision;
            case Exists _ -> lastRevision >= 0;
            case Any _ -> true;
        };
    }
}
