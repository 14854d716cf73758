package dev.everfold.eventsourcing.history;

import java.time.Instant;

/// A point at which a state is asked for. Immutable; the factories are meant to be imported statically.
///
/// There are two times. *Recorded* is when the store took an event: it never falls, so what was known at a time
/// is a beginning of the log. *Occurred* is when something happened, as its writer said: an event may arrive
/// late, so what was true at a time is a selection of the log, and may change when more arrives.
///
/// | point | counts events | the same answer for ever |
/// | --- | --- | --- |
/// | `now()` | that are durable when it is asked for | no |
/// | `asOf(t)` | that occurred at `t` or before, recorded whenever | no: late events count |
/// | `knownAt(t)` | that were recorded at `t` or before | yes, once `t` is past |
/// | `asOf(t).knownAt(u)` | that occurred by `t`, as far as known at `u` | yes, once `u` is past |
/// | `atPosition(p)` | below position `p` of the log | yes |
/// | `asOf(t).atPosition(p)` | that occurred by `t`, below position `p` | yes |
/// | `atRevision(r)` | below revision `r` of the stream | yes |
///
/// The events that count are always folded in the order of the log, also by time of occurrence: it is the order in
/// which they were decided, each on the state that the ones before had made, and the only one in which folding
/// them is sure to make sense. So `asOf` the end of time is the state now, and a late event acts where it was
/// recorded.
public sealed interface PointInTime {

    /// A point that cuts the log in two: what is before it counts.
    sealed interface OfLog extends PointInTime {}

    /// All that is durable when it is asked for.
    record Now() implements OfLog {
        /// As it stands in messages.
        @Override
        public String toString() {
            return "now";
        }
    }

    /// All that was recorded by then.
    ///
    /// @param recorded the last moment that counts; the store keeps microseconds
    record KnownAt(Instant recorded) implements OfLog {
        /// As it stands in messages.
        @Override
        public String toString() {
            return "known at " + recorded;
        }
    }

    /// A beginning of the whole log.
    ///
    /// @param toPosition position after the last that counts, 0 or more; the store's next position = now
    record AtPosition(long toPosition) implements OfLog {
        /// @throws IllegalArgumentException when the position is negative
        public AtPosition {
            if (toPosition < 0) {
                throw new IllegalArgumentException(
                        "The position " + toPosition + " is negative; expected 0, the beginning of the log, or more.");
            }
        }

        /// As it stands in messages.
        @Override
        public String toString() {
            return "at position " + toPosition;
        }
    }

    /// A beginning of one stream.
    ///
    /// @param toRevision revision after the last that counts, 0 or more; how many events count
    record AtRevision(long toRevision) implements OfLog {
        /// @throws IllegalArgumentException when the revision is negative
        public AtRevision {
            if (toRevision < 0) {
                throw new IllegalArgumentException("The revision " + toRevision
                        + " is negative; expected 0, the beginning of the stream, or more.");
            }
        }

        /// As it stands in messages.
        @Override
        public String toString() {
            return "at revision " + toRevision;
        }
    }

    /// What had happened by then, as far as it counts for the log.
    ///
    /// @param occurred the last moment that counts; of an event that says no time, the recorded one is taken
    /// @param known how much of the log counts
    record AsOf(Instant occurred, OfLog known) implements PointInTime {
        /// The same as it was known then: what was recorded at this time or before.
        public AsOf knownAt(Instant recorded) {
            return new AsOf(occurred, new KnownAt(recorded));
        }

        /// The same as the log told it below this position, 0 or more.
        ///
        /// @throws IllegalArgumentException when the position is negative
        public AsOf atPosition(long toPosition) {
            return new AsOf(occurred, new AtPosition(toPosition));
        }

        /// As it stands in messages.
        @Override
        public String toString() {
            return "as of " + occurred + (known instanceof Now ? "" : ", " + known);
        }
    }

    /// After all events that are durable when it is asked for.
    static OfLog now() {
        return new Now();
    }

    /// What was true then: after all events that occurred at this time or before, whenever they were recorded.
    ///
    /// The time may be one to come: events can occur in the future.
    static AsOf asOf(Instant occurred) {
        return new AsOf(occurred, now());
    }

    /// What we knew then: after all events that were recorded at this time or before.
    static OfLog knownAt(Instant recorded) {
        return new KnownAt(recorded);
    }

    /// After the first `toPosition` events of the log: those below that position.
    ///
    /// Before the event at position `p` is `atPosition(p)`, after it `atPosition(p + 1)`.
    ///
    /// @throws IllegalArgumentException when the position is negative
    static OfLog atPosition(long toPosition) {
        return new AtPosition(toPosition);
    }

    /// After the first `toRevision` events of the stream: those below that revision.
    ///
    /// Before the event of revision `r` is `atRevision(r)`, after it `atRevision(r + 1)`.
    ///
    /// @throws IllegalArgumentException when the revision is negative
    static OfLog atRevision(long toRevision) {
        return new AtRevision(toRevision);
    }
}
