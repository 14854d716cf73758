package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.UUID;

/// What is known of an event beside its data.
///
/// @param event as it was read; events that an upcaster splits share one
public record EventContext(RecordedEvent event) {

    /// When it happened: as its writer said, or else when it was recorded. In microseconds.
    public Instant occurred() {
        return event.occurred().orElseGet(event::recorded);
    }

    /// When the store recorded it; never falls with the position. In microseconds.
    public Instant recorded() {
        return event.recorded();
    }

    /// Its place in the log.
    public long position() {
        return event.position();
    }

    /// Its identity.
    public UUID id() {
        return event.id();
    }

    /// Who, why, on what command; decoded at each call.
    public EventMetadata metadata() {
        return EventMetadata.of(event);
    }
}
