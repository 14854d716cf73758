package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Which event makes good which, for some events at once: two indexed reads, whatever streams they are in.
///
/// @param targets what is made good, by id
/// @param compensators what makes good, by tag
record CompensationLinks(Map<UUID, EventPlace> targets, Map<String, List<EventPlace>> compensators) {

    /// What one event takes of the terms of a query: an item and its tag.
    static final int TERMS_OF_AN_EVENT = 2;

    static CompensationLinks none() {
        return new CompensationLinks(Map.of(), Map.of());
    }

    /// @param events whose compensations are looked for
    /// @param compensated what these events make good
    /// @param toPosition later events are not seen
    static CompensationLinks of(
            EventStore store, Collection<UUID> events, Collection<UUID> compensated, long toPosition) {
        CompensationLinks links = new CompensationLinks(new HashMap<>(), new HashMap<>());
        links.readCompensators(store, events, toPosition);
        if (!compensated.isEmpty()) {
            links.readTargets(store, compensated, toPosition);
        }
        return links;
    }

    /// Where the event with this id is.
    Optional<EventPlace> target(UUID id) {
        return Optional.ofNullable(targets.get(id));
    }

    /// What makes the event with this id good.
    List<EventPlace> compensatorsOf(UUID id) {
        return compensators.getOrDefault(EventMetadata.compensatesTag(id), List.of());
    }

    private void readCompensators(EventStore store, Collection<UUID> events, long toPosition) {
        List<Query.Item> items = new ArrayList<>();
        for (UUID id : events) {
            String tag = EventMetadata.compensatesTag(id);
            compensators.put(tag, new ArrayList<>());
            items.add(new Query.Item().withTags(tag));
        }
        Read read = Read.matching(new Query(items)).toPosition(toPosition);
        try (EventCursor cursor = store.read(read)) {
            while (cursor.hasNext()) {
                addCompensator(cursor.next());
            }
        }
    }

    private void addCompensator(RecordedEvent event) {
        for (String tag : event.tags()) {
            List<EventPlace> places = compensators.get(tag);
            if (places != null && places.size() < HistoryEntry.COMPENSATED_BY_MAX) {
                places.add(EventPlace.of(event));
            }
        }
    }

    private void readTargets(EventStore store, Collection<UUID> compensated, long toPosition) {
        Read read = Read.matching(Query.ids(compensated)).toPosition(toPosition);
        try (EventCursor cursor = store.read(read)) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                targets.putIfAbsent(event.id(), EventPlace.of(event));
            }
        }
    }
}
