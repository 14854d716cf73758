package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.codec.EventMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;

/// One event of a stream: what happened, who did it, when and why, and what became of the state. Immutable as far
/// as states and events are.
///
/// @param place which event, and where in stream and log
/// @param occurred when it happened; when it was recorded where its writer did not say
/// @param recorded when the store took it
/// @param metadata who, why, and what it belongs to
/// @param events what is stored, as the application knows it today: one as a rule, several where an upcaster
///     splits it, none where one drops it
/// @param before the state before it
/// @param after the state after it
/// @param compensates the earlier event that this one makes good; empty also when that is not in the log
///     (its id is in the metadata)
/// @param compensatedBy the later events that make this one good, in the order of the log, at most
///     [#COMPENSATED_BY_MAX]
public record HistoryEntry<S, E>(
        EventPlace place,
        Instant occurred,
        Instant recorded,
        EventMetadata metadata,
        List<E> events,
        S before,
        S after,
        Optional<EventPlace> compensates,
        List<EventPlace> compensatedBy) {

    /// So many events that make one good are named, from the first on.
    public static final int COMPENSATED_BY_MAX = 100;

    /// Copies the lists.
    public HistoryEntry {
        events = List.copyOf(events);
        compensatedBy = List.copyOf(compensatedBy);
    }

    /// Its place in the stream. Before it was `atRevision(revision())`, after it one more.
    public long revision() {
        return place.revision();
    }

    /// Its place in the log.
    public long position() {
        return place.position();
    }

    /// Who did it.
    public Optional<String> actor() {
        return metadata.actor();
    }

    /// Why.
    public Optional<String> reason() {
        return metadata.reason();
    }

    /// The conversation that it belongs to.
    public Optional<UUID> correlation() {
        return metadata.correlation();
    }

    /// The event or command that led to it.
    public Optional<UUID> causation() {
        return metadata.causation();
    }

    /// What it changed in the state.
    public List<Difference> differences() {
        return Difference.between(before, after);
    }

    /// All of it for people, in several lines; it holds data of the event and the state.
    public String format() {
        StringJoiner lines = new StringJoiner("\n  ");
        lines.add("revision " + revision() + ", position " + position() + ": " + place.type());
        lines.add("when: " + occurred + (occurred.equals(recorded) ? "" : ", recorded " + recorded));
        actor().ifPresent(who -> lines.add("who: " + who));
        reason().ifPresent(why -> lines.add("why: " + why));
        correlation().ifPresent(id -> lines.add("correlation: " + id));
        causation().ifPresent(id -> lines.add("caused by: " + id));
        metadata.compensates()
                .ifPresent(id -> lines.add(
                        "compensates: " + compensates.map(EventPlace::format).orElse("event " + id)));
        compensatedBy.forEach(by -> lines.add("compensated by: " + by.format()));
        events.forEach(event -> lines.add("event: " + event));
        differences().forEach(difference -> lines.add("state: " + difference));
        return lines.toString();
    }

    /// Place only; data and names may be personal data. [#format()] shows all.
    @Override
    public String toString() {
        return "HistoryEntry[revision=" + revision() + ", position=" + position() + ", id=" + place.id() + "]";
    }
}
