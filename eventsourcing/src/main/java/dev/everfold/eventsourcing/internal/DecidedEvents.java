package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.NewEvent;
import java.time.Instant;
import java.util.Optional;

/// Events that were decided, as they are stored.
public final class DecidedEvents {

    private DecidedEvents() {}

    /// One event with all that is known about it.
    ///
    /// @param metadata of the command; what the event compensates is added
    /// @param occurred when the event happened, where the decision does not say
    public static <E> NewEvent encode(
            EventCodec<E> codec,
            String stream,
            Decided<E> decided,
            EventMetadata metadata,
            Optional<Instant> occurred) {
        EventMetadata own = decided.compensates().isPresent()
                ? metadata.withCompensates(decided.compensates().get())
                : metadata;
        NewEvent event = codec.encode(stream, decided.event(), own);
        Optional<Instant> time = decided.occurred().isPresent() ? decided.occurred() : occurred;
        return time.isPresent() ? event.occurredAt(time.get()) : event;
    }
}
