package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Events that were decided, as they are stored.
public final class DecidedEvents {

    private DecidedEvents() {}

    /// Finds the events of a command, in the whole store: as an append id is unique in it, so is a command's.
    public static Query of(UUID command) {
        return Query.tags(EventMetadata.commandTag(command));
    }

    /// Those of the events with a command's tag that the command itself appended: the first one, and what
    /// follows it without a gap and was recorded at the same moment. To others its metadata was handed on.
    ///
    /// @param tagged in the order of the log; one or more
    public static List<RecordedEvent> ofCommand(List<RecordedEvent> tagged) {
        RecordedEvent first = tagged.getFirst();
        int count = 1;
        while (count < tagged.size()
                && tagged.get(count).position() == first.position() + count
                && tagged.get(count).recorded().equals(first.recorded())) {
            count++;
        }
        return tagged.subList(0, count);
    }

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
