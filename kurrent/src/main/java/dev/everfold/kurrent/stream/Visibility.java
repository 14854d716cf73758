package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.Optional;

/// Which events of a stream are not hidden; immutable.
///
/// @param firstRevision lower ones are hidden
/// @param recordedFrom older ones are hidden; empty = none is too old
record Visibility(long firstRevision, Optional<Instant> recordedFrom) {

    /// Whether the event is not hidden.
    boolean shows(RecordedEvent event) {
        return event.revision() >= firstRevision && isYoung(event);
    }

    /// Whether the event is not too old.
    boolean isYoung(RecordedEvent event) {
        return recordedFrom.isEmpty() || !event.recorded().isBefore(recordedFrom.get());
    }
}
