package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Tells whether all events of an append that was refused are in their streams already, where it would have put them.
record RepeatedAppends(EventStore store) {

    /// Of a query for ids in one stream: its item and the stream.
    private static final int TERMS_BESIDE_IDS = 2;

    /// What the first append was given; empty when this is not a repeat.
    Optional<AppendOutcome.Stored> find(AppendRequest request) {
        if (request.events().isEmpty()) {
            return Optional.empty();
        }
        long position = -1;
        Map<String, Long> revisions = new HashMap<>();
        for (Map.Entry<String, ExpectedState> expected : request.expected().entrySet()) {
            List<NewEvent> events = request.eventsOf(expected.getKey());
            if (events.isEmpty()) {
                continue;
            }
            Optional<RecordedEvent> last = last(expected.getKey(), expected.getValue(), events);
            if (last.isEmpty()) {
                return Optional.empty();
            }
            position = Math.max(position, last.get().position());
            revisions.put(expected.getKey(), last.get().revision());
        }
        return Optional.of(new AppendOutcome.Stored(position, revisions));
    }

    private Optional<RecordedEvent> last(String stream, ExpectedState expected, List<NewEvent> events) {
        return expected.isExact() ? lastAfter(stream, expected.value(), events) : lastAnywhere(stream, events);
    }

    /// With an exact version: the same ids in the same order, right behind it.
    private Optional<RecordedEvent> lastAfter(String stream, long revision, List<NewEvent> events) {
        Read read = Read.stream(stream).fromRevision(revision + 1).limit(events.size());
        Optional<RecordedEvent> last = Optional.empty();
        try (EventCursor cursor = store.read(read)) {
            for (NewEvent event : events) {
                last = cursor.hasNext() ? Optional.of(cursor.next()) : Optional.empty();
                if (last.isEmpty() || !last.get().id().equals(event.id())) {
                    return Optional.empty();
                }
            }
        }
        return last;
    }

    /// Without: the same ids anywhere in the stream.
    private Optional<RecordedEvent> lastAnywhere(String stream, List<NewEvent> events) {
        Set<UUID> ids = new LinkedHashSet<>();
        events.forEach(event -> ids.add(event.id()));
        List<UUID> asked = List.copyOf(ids);
        int step = store.limits().queryTermsMax() - TERMS_BESIDE_IDS;
        Optional<RecordedEvent> last = Optional.empty();
        for (int from = 0; from < asked.size(); from += step) {
            Set<UUID> some = Set.copyOf(asked.subList(from, Math.min(asked.size(), from + step)));
            Query query = Query.of(new Query.Item().withStream(stream).withIds(some));
            try (EventCursor cursor = store.read(Read.matching(query))) {
                while (cursor.hasNext()) {
                    RecordedEvent event = cursor.next();
                    if (ids.remove(event.id())) {
                        last = Optional.of(later(last, event));
                    }
                }
            }
        }
        return ids.isEmpty() ? last : Optional.empty();
    }

    private static RecordedEvent later(Optional<RecordedEvent> last, RecordedEvent event) {
        return last.filter(known -> known.revision() > event.revision()).orElseGet(event::detached);
    }
}
