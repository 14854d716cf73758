package dev.everfold.eventsourcing;

import dev.everfold.eventstore.Appended;
import java.util.List;
import java.util.UUID;

/// What came of a command.
public sealed interface Handled<S, E> {

    /// The state by which the command was answered: after its events when it was accepted.
    S state();

    /// The command happened and its events are durable.
    ///
    /// @param events in order
    /// @param eventIds ids of the stored events, in order: what a later event can compensate
    /// @param appended positions and revisions of the stored events, in order
    /// @param state after the last of the events
    record Accepted<S, E>(List<E> events, List<UUID> eventIds, Appended appended, S state) implements Handled<S, E> {
        /// Copies the lists.
        public Accepted {
            events = List.copyOf(events);
            eventIds = List.copyOf(eventIds);
        }
    }

    /// The command was refused and nothing is stored.
    ///
    /// @param reason as the decider gave it
    /// @param state in which it was refused; no older than the call
    record Rejected<S, E>(String reason, S state) implements Handled<S, E> {}

    /// There was nothing to do and nothing is stored.
    ///
    /// @param state in which it was so; no older than the call
    record Nothing<S, E>(S state) implements Handled<S, E> {}
}
