package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.RecordedEvent;

/// Words of what goes wrong when a stored event is read.
final class Failures {

    private Failures() {}

    static MalformedEventException malformedMetadata(RecordedEvent event, Exception cause) {
        return new MalformedEventException(
                "The metadata of event \"" + event.type() + "\" at position " + event.position() + " is malformed: "
                        + cause.getMessage() + ". Keys that begin with '$' are Everfold's own; see who wrote it.",
                event.type(),
                0,
                cause);
    }
}
