package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.RecordedEvent;
import java.util.Optional;

/// An event on its way to a client; immutable. There is an event, or a link that leads nowhere, or both.
///
/// @param event the event; empty when the link cannot be resolved
/// @param link the link that led to it; empty when none did, or when links are not resolved
public record Delivery(Optional<RecordedEvent> event, Optional<RecordedEvent> link) {

    static Delivery of(RecordedEvent event) {
        return new Delivery(Optional.of(event), Optional.empty());
    }

    /// The event that was found where the reader looked: the link, where there is one.
    public RecordedEvent found() {
        return link.or(() -> event).orElseThrow();
    }
}
