package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.RecordedEvent;
import java.util.UUID;

/// Which event it is, and where.
///
/// @param id its identity
/// @param type what happened, as it is stored
/// @param stream the stream it belongs to
/// @param revision its place in the stream
/// @param position its place in the log
public record EventPlace(UUID id, String type, String stream, long revision, long position) {

    static EventPlace of(RecordedEvent event) {
        return new EventPlace(event.id(), event.type(), event.stream(), event.revision(), event.position());
    }

    /// For people, for example `account.deposited, revision 3 of account-42, position 17`.
    public String format() {
        return type + ", revision " + revision + " of " + stream + ", position " + position;
    }
}
