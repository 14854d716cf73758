package dev.everfold.eventsourcing;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An event that a decider accepted, and what is to be said about it.
///
/// @param event the event
/// @param compensates id of an earlier event that this one makes good
/// @param occurred when it happened, where that is not the time of the command
public record Decided<E>(E event, Optional<UUID> compensates, Optional<Instant> occurred) {

    /// An event and no more.
    public static <E> Decided<E> of(E event) {
        return new Decided<>(event, Optional.empty(), Optional.empty());
    }

    /// The same event that makes good an earlier one.
    public Decided<E> compensating(UUID eventId) {
        return new Decided<>(event, Optional.of(eventId), occurred);
    }

    /// The same event that happened at the given time.
    public Decided<E> occurredAt(Instant time) {
        return new Decided<>(event, compensates, Optional.of(time));
    }
}
