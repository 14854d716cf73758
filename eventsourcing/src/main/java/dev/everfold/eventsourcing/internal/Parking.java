package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// What a consumer has parked, as it stands after its last step. Guarded by itself.
final class Parking {

    private final Function<RecordedEvent, String> keyOf;
    private final TreeMap<Long, ParkedEvent> byPosition = new TreeMap<>();
    private final Map<String, Integer> countByKey = new HashMap<>();

    Parking(Function<RecordedEvent, String> keyOf, List<ParkedEvent> parked) {
        this.keyOf = keyOf;
        parked.forEach(this::put);
    }

    /// A step for these events: those whose key has a parked event are parked behind it, the others are handled.
    synchronized Step step(List<RecordedEvent> events, Checkpoint after, Instant now) {
        if (countByKey.isEmpty()) {
            return new Step(events, after, List.of(), List.of());
        }
        List<RecordedEvent> handle = new ArrayList<>();
        List<ParkedEvent> park = new ArrayList<>();
        for (RecordedEvent event : events) {
            String key = keyOf.apply(event);
            if (countByKey.containsKey(key)) {
                park.add(new ParkedEvent(key, event.position(), Optional.empty(), 0, now));
            } else {
                handle.add(event);
            }
        }
        return new Step(handle, after, park, List.of());
    }

    /// How many of the events, from the first one on, all wait behind a parked one, or all do not.
    synchronized int alike(List<RecordedEvent> events) {
        if (countByKey.isEmpty() || events.isEmpty()) {
            return events.size();
        }
        boolean waits = countByKey.containsKey(keyOf.apply(events.getFirst()));
        int alike = 1;
        while (alike < events.size() && countByKey.containsKey(keyOf.apply(events.get(alike))) == waits) {
            alike++;
        }
        return alike;
    }

    /// The event as it is parked after it failed so often.
    ParkedEvent failed(RecordedEvent event, String failure, int tries, Instant now) {
        return new ParkedEvent(keyOf.apply(event), event.position(), Optional.of(failure), tries, now);
    }

    /// What a step that was carried out has changed.
    synchronized void apply(Step step) {
        step.unpark().forEach(this::remove);
        step.park().forEach(this::put);
    }

    synchronized void clear() {
        byPosition.clear();
        countByKey.clear();
    }

    synchronized List<ParkedEvent> all() {
        return List.copyOf(byPosition.values());
    }

    synchronized List<ParkedEvent> of(String key) {
        return byPosition.values().stream()
                .filter(parked -> parked.key().equals(key))
                .toList();
    }

    synchronized int count() {
        return byPosition.size();
    }

    private void put(ParkedEvent parked) {
        if (byPosition.put(parked.position(), parked) == null) {
            countByKey.merge(parked.key(), 1, Integer::sum);
        }
    }

    private void remove(long position) {
        ParkedEvent gone = byPosition.remove(position);
        if (gone != null) {
            countByKey.computeIfPresent(gone.key(), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
