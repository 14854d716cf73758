package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.Optional;

/// A [PointInTime] on one store: which events count.
///
/// @param toPosition position after the last that counts; never beyond the log
/// @param occurred when set, only what had occurred by then counts
record Cut(long toPosition, Optional<Instant> occurred) {

    /// Whether everything below the position counts, as it does for a saved state.
    boolean isOfLog() {
        return occurred.isEmpty();
    }

    /// Whether an event below the position counts.
    boolean counts(RecordedEvent event) {
        return occurred.isEmpty() || !occurredOf(event).isAfter(occurred.get());
    }

    /// When an event occurred; when it was recorded where its writer did not say.
    static Instant occurredOf(RecordedEvent event) {
        return event.occurred().orElseGet(event::recorded);
    }
}
