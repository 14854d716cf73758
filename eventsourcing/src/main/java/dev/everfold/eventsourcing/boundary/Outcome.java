package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.Appended;
import java.util.List;
import java.util.UUID;

/// What came of a decision.
///
/// It holds no state: that after an accepted decision would take another read. [Boundary#state] makes it.
///
/// @param <E> the events
public sealed interface Outcome<E> {

    /// It was accepted, and its events are durable.
    ///
    /// @param events what was decided, in order
    /// @param eventIds ids of the stored events, in order: what a later event can compensate
    /// @param appended positions and revisions of the stored events, in order
    record Accepted<E>(List<E> events, List<UUID> eventIds, Appended appended) implements Outcome<E> {

        /// Copies the lists.
        public Accepted {
            events = List.copyOf(events);
            eventIds = List.copyOf(eventIds);
        }
    }

    /// It was rejected; nothing is stored.
    ///
    /// @param reason why, in words for people
    record Rejected<E>(String reason) implements Outcome<E> {}

    /// There was nothing to do; nothing is stored.
    record Nothing<E>() implements Outcome<E> {}

    /// Whether events are stored.
    default boolean isAccepted() {
        return this instanceof Accepted;
    }
}
