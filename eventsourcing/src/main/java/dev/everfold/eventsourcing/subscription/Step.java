package dev.everfold.eventsourcing.subscription;

import dev.everfold.eventstore.RecordedEvent;
import java.util.List;

/// What a consumer does at once: all of it takes effect, or nothing.
///
/// @param events to be handled, in order of position; none when only the checkpoint moves
/// @param after the checkpoint then; never below the one before
/// @param park events to put aside, each in place of one with its position
/// @param unpark positions of parked events that are settled
public record Step(List<RecordedEvent> events, Checkpoint after, List<ParkedEvent> park, List<Long> unpark) {

    /// Copies the lists.
    public Step {
        events = List.copyOf(events);
        park = List.copyOf(park);
        unpark = List.copyOf(unpark);
    }

    /// Nothing but a checkpoint.
    public static Step to(Checkpoint after) {
        return new Step(List.of(), after, List.of(), List.of());
    }

    /// Whether it does nothing but move the checkpoint.
    public boolean onlyMoves() {
        return events.isEmpty() && park.isEmpty() && unpark.isEmpty();
    }

    /// The same without events.
    public Step withoutEvents() {
        return new Step(List.of(), after, park, unpark);
    }
}
