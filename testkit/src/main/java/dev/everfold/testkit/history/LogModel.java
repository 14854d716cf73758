package dev.everfold.testkit.history;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/// The whole log with lists of positions by stream, type, tag and id, for questions about any of its states.
///
/// An event's position is its index here; whether it says the same of itself is checked elsewhere.
final class LogModel {

    private final List<RecordedEvent> events;
    private final Map<String, List<Integer>> streams = new HashMap<>();
    private final Map<String, List<Integer>> types = new HashMap<>();
    private final Map<String, List<Integer>> tags = new HashMap<>();
    private final Map<UUID, List<Integer>> ids = new HashMap<>();
    private final Map<Integer, Sighting> sightings = new HashMap<>();

    LogModel(List<RecordedEvent> log) {
        this.events = List.copyOf(log);
        for (int position = 0; position < events.size(); position++) {
            RecordedEvent event = events.get(position);
            put(streams, event.stream(), position);
            put(types, event.type(), position);
            put(ids, event.id(), position);
            for (String tag : event.tags()) {
                put(tags, tag, position);
            }
        }
    }

    int size() {
        return events.size();
    }

    RecordedEvent at(int position) {
        return events.get(position);
    }

    /// How a read should have seen the event at this position; computed once.
    Sighting sighting(int position) {
        Sighting known = sightings.get(position);
        if (known == null) {
            known = Sighting.of(events.get(position));
            sightings.put(position, known);
        }
        return known;
    }

    /// Positions of the events with this id.
    List<Integer> withId(UUID id) {
        return ids.getOrDefault(id, List.of());
    }

    /// Positions of the events of a stream.
    List<Integer> ofStream(String stream) {
        return streams.getOrDefault(stream, List.of());
    }

    /// Last revision of a stream in the state with this next position; -1 when it has no event then.
    long lastRevision(String stream, long nextPosition) {
        return countBelow(ofStream(stream), nextPosition) - 1L;
    }

    /// The states in which this is the last revision of the stream; -1 = it has no event.
    Span lastRevisionIs(String stream, long revision) {
        List<Integer> positions = ofStream(stream);
        if (revision >= positions.size()) {
            return new Span(0, 0);
        }
        long from = revision < 0 ? 0 : positions.get((int) revision) + 1L;
        long to = revision + 1 < positions.size() ? positions.get((int) revision + 1) + 1L : Long.MAX_VALUE;
        return new Span(from, to);
    }

    /// The states in which a condition holds.
    Span holds(AppendCondition condition) {
        return switch (condition) {
            case AppendCondition.StreamAt(String stream, Expected.NoStream _) -> lastRevisionIs(stream, -1);
            case AppendCondition.StreamAt(String stream, Expected.Revision(long revision)) ->
                lastRevisionIs(stream, revision);
            case AppendCondition.StreamAt(String stream, Expected.Exists _) ->
                new Span(lastRevisionIs(stream, -1).to(), Long.MAX_VALUE);
            case AppendCondition.StreamAt(var _, Expected.Any _) -> Span.ALWAYS;
            case AppendCondition.NothingMatching(Query query, long from) -> {
                long match = firstMatch(query, from);
                yield new Span(0, match < 0 ? Long.MAX_VALUE : match + 1);
            }
        };
    }

    /// The lowest position at or after `from` whose event matches; -1 when there is none.
    long firstMatch(Query query, long from) {
        Predicate<RecordedEvent> matches = query.predicate();
        long first = -1;
        for (List<Integer> candidates : candidates(query)) {
            for (int i = countBelow(candidates, from); i < candidates.size(); i++) {
                int position = candidates.get(i);
                if (first >= 0 && position >= first) {
                    break;
                }
                if (matches.test(events.get(position))) {
                    first = position;
                    break;
                }
            }
        }
        return first;
    }

    /// Positions of all matches in [from, to), rising.
    List<Integer> matches(Query query, long from, long to) {
        Predicate<RecordedEvent> matches = query.predicate();
        TreeSet<Integer> found = new TreeSet<>();
        for (List<Integer> candidates : candidates(query)) {
            int end = countBelow(candidates, to);
            for (int i = countBelow(candidates, from); i < end; i++) {
                if (matches.test(events.get(candidates.get(i)))) {
                    found.add(candidates.get(i));
                }
            }
        }
        return List.copyOf(found);
    }

    /// Sorted lists that together hold every match of the query, and not much more.
    private List<List<Integer>> candidates(Query query) {
        List<List<Integer>> lists = new ArrayList<>();
        for (Query.Item item : query.items()) {
            if (item.stream().isPresent()) {
                lists.add(ofStream(item.stream().get()));
            } else if (!item.tags().isEmpty()) {
                lists.add(tags.getOrDefault(item.tags().iterator().next(), List.of()));
            } else if (!item.ids().isEmpty()) {
                item.ids().forEach(id -> lists.add(withId(id)));
            } else if (!item.types().isEmpty()) {
                item.types().forEach(type -> lists.add(types.getOrDefault(type, List.of())));
            } else {
                lists.add(new EveryPosition(events.size()));
            }
        }
        return lists;
    }

    /// How many of the sorted positions lie below a bound.
    static int countBelow(List<Integer> positions, long bound) {
        if (bound > Integer.MAX_VALUE) {
            return positions.size();
        }
        int found = Collections.binarySearch(positions, (int) bound);
        return found < 0 ? -found - 1 : found;
    }

    private static <K> void put(Map<K, List<Integer>> map, K key, int position) {
        map.computeIfAbsent(key, unseen -> new ArrayList<>()).add(position);
    }

    /// The list 0, 1, 2, … without its memory.
    private static final class EveryPosition extends AbstractList<Integer> implements RandomAccess {

        private final int size;

        EveryPosition(int size) {
            this.size = size;
        }

        @Override
        public Integer get(int index) {
            return Objects.checkIndex(index, size);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
