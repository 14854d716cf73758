package dev.everfold.cli.audit;

import dev.everfold.eventstore.RecordedEvent;
import java.util.Optional;

/// The other end of a link between events.
///
/// @param id as the link names it; a UUID where the link is Everfold's own
/// @param place where that event stands; empty when the store has no event with this id
public record LinkedEvent(String id, Optional<LinkedEvent.Place> place) {

    /// Where an event stands, and what it is.
    ///
    /// @param position its place in the log
    /// @param stream its stream
    /// @param type its type
    public record Place(long position, String stream, String type) {}

    static LinkedEvent unknown(String id) {
        return new LinkedEvent(id, Optional.empty());
    }

    static LinkedEvent of(RecordedEvent event) {
        return new LinkedEvent(
                event.id().toString(), Optional.of(new Place(event.position(), event.stream(), event.type())));
    }
}
