package dev.everfold.testkit.history;

import dev.everfold.eventstore.Appended;
import java.util.List;
import java.util.OptionalLong;

/// What came of a call.
public sealed interface Answer {

    /// The append was accepted, now or when it was made for the first time.
    ///
    /// @param appended what the store answered
    record Accepted(Appended appended) implements Answer {}

    /// The append was refused; nothing of it may ever be stored.
    ///
    /// @param refusal why
    record Refused(Refusal refusal) implements Answer {}

    /// Nobody knows: the store said so, or the process ended before it answered.
    record Unknown() implements Answer {}

    /// What a read returned.
    ///
    /// @param events in the order in which they came
    /// @param end the cursor's end
    /// @param nextPosition where the cursor said to go on
    /// @param exhausted whether the cursor said that there is no more; false when the reader stopped before
    record Seen(List<Sighting> events, long end, long nextPosition, boolean exhausted) implements Answer {
        /// Copies the list.
        public Seen {
            events = List.copyOf(events);
        }
    }

    /// A tracked position.
    ///
    /// @param position empty when the source has none
    record TrackedAt(OptionalLong position) implements Answer {}

    /// The store's next position.
    ///
    /// @param position 0 or more
    record NextAt(long position) implements Answer {}
}
