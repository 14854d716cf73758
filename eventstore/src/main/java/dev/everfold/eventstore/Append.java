package dev.everfold.eventstore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// One atomic unit: all of its events are stored, in order and at consecutive positions, or none is.
///
/// Immutable and safe to share. **A repeat is harmless**: appending the same `Append` again, by its id,
/// returns the first [Appended] as long as the store remembers it ([Limits#rememberedAppends()]).
///
/// @param id the append id; a repeat is recognised by it
/// @param events of one or many streams; may be empty when there is a condition or a tracking
/// @param conditions all must hold before the append
/// @param tracking committed with the events; its position must rise
public record Append(UUID id, List<NewEvent> events, List<AppendCondition> conditions, Optional<Tracking> tracking) {

    /// @throws IllegalArgumentException when there are no events, no conditions and no tracking
    public Append {
        events = List.copyOf(events);
        conditions = List.copyOf(conditions);
        if (events.isEmpty() && conditions.isEmpty() && tracking.isEmpty()) {
            throw new IllegalArgumentException(
                    "The append is empty; expected at least one event, condition or tracking.");
        }
    }

    /// An unconditional append with a fresh id.
    ///
    /// @throws IllegalArgumentException when there is no event
    public static Append of(List<NewEvent> events) {
        return new Append(TimeOrderedId.next(), events, List.of(), Optional.empty());
    }

    /// An unconditional append with a fresh id.
    public static Append of(NewEvent... events) {
        return of(List.of(events));
    }

    /// An append without events: only a question and, if all holds, a remembered answer.
    public static Append check(AppendCondition... conditions) {
        return new Append(TimeOrderedId.next(), List.of(), List.of(conditions), Optional.empty());
    }

    /// An append without events that only moves a tracked position.
    public static Append track(String source, long position) {
        return new Append(TimeOrderedId.next(), List.of(), List.of(), Optional.of(new Tracking(source, position)));
    }

    /// The same append under another id.
    public Append withId(UUID newId) {
        return new Append(newId, events, conditions, tracking);
    }

    /// The same append with one more condition.
    public Append onlyIf(AppendCondition condition) {
        List<AppendCondition> more = new ArrayList<>(conditions);
        more.add(condition);
        return new Append(id, events, more, tracking);
    }

    /// The same append that also expects something of a stream.
    public Append expecting(String stream, Expected expected) {
        return onlyIf(new AppendCondition.StreamAt(stream, expected));
    }

    /// The same append that is refused when an event at or after `fromPosition` matches the query.
    public Append unless(Query query, long fromPosition) {
        return onlyIf(new AppendCondition.NothingMatching(query, fromPosition));
    }

    /// The same append that also moves a tracked position.
    public Append tracking(String source, long position) {
        return new Append(id, events, conditions, Optional.of(new Tracking(source, position)));
    }

    /// Identity and counts only.
    @Override
    public String toString() {
        return "Append[id=" + id + ", " + events.size() + " events, " + conditions.size() + " conditions]";
    }
}
