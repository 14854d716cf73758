package dev.everfold.cli.audit;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.MalformedEventException;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What an audit says of one event. Holds texts of its own, not the event, so that a page of entries
/// stays small however large the data of the events is.
///
/// @param position place in the log
/// @param recorded when the store recorded it
/// @param occurred when it happened, where the writer said
/// @param stream its stream
/// @param revision place in the stream
/// @param type what happened
/// @param id its id
/// @param actor who did it
/// @param reason why
/// @param correlation the conversation that it belongs to
/// @param command id of the command that was handled
/// @param causation what led to it: an event, or a command that only has an id
/// @param compensates the earlier event that it makes up for
/// @param compensatedBy later events that make up for it, oldest first; at most
///     [AuditTrail#COMPENSATIONS_MAX]
/// @param compensations how many those are in all
/// @param isMalformed whether its metadata cannot be read, so that nothing is known from there
public record AuditEntry(
        long position,
        Instant recorded,
        Optional<Instant> occurred,
        String stream,
        long revision,
        String type,
        UUID id,
        Optional<String> actor,
        Optional<String> reason,
        Optional<String> correlation,
        Optional<UUID> command,
        Optional<LinkedEvent> causation,
        Optional<LinkedEvent> compensates,
        List<LinkedEvent> compensatedBy,
        long compensations,
        boolean isMalformed) {

    /// Copies the list.
    public AuditEntry {
        compensatedBy = List.copyOf(compensatedBy);
    }

    /// What the event itself says; the events that it names are not looked up yet.
    ///
    /// Where Everfold's own keys are missing, those of other writers count: `actor`, `reason`, and
    /// `correlationid` and `causationid` as CloudEvents has them.
    public static AuditEntry of(RecordedEvent event) {
        try {
            return of(event, EventMetadata.of(event), false);
        } catch (MalformedEventException malformed) {
            return of(event, EventMetadata.none(), true);
        }
    }

    private static AuditEntry of(RecordedEvent event, EventMetadata metadata, boolean isMalformed) {
        return new AuditEntry(
                event.position(),
                event.recorded(),
                event.occurred(),
                event.stream(),
                event.revision(),
                event.type(),
                event.id(),
                metadata.actor().or(() -> other(metadata, "actor")),
                metadata.reason().or(() -> other(metadata, "reason")),
                metadata.correlation().map(UUID::toString).or(() -> other(metadata, "correlationid")),
                metadata.command(),
                metadata.causation()
                        .map(UUID::toString)
                        .or(() -> other(metadata, "causationid"))
                        .map(LinkedEvent::unknown),
                metadata.compensates().map(UUID::toString).map(LinkedEvent::unknown),
                List.of(),
                0,
                isMalformed);
    }

    AuditEntry withLinks(
            Optional<LinkedEvent> cause,
            Optional<LinkedEvent> compensated,
            List<LinkedEvent> compensating,
            long compensatingCount) {
        return new AuditEntry(
                position,
                recorded,
                occurred,
                stream,
                revision,
                type,
                id,
                actor,
                reason,
                correlation,
                command,
                cause,
                compensated,
                compensating,
                compensatingCount,
                isMalformed);
    }

    private static Optional<String> other(EventMetadata metadata, String key) {
        return Optional.ofNullable(metadata.other().get(key));
    }
}
