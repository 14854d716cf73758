package dev.everfold.server.security;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which types of events have one that is seen.
///
/// A type that has one keeps it. Of others the look goes on where it was, at a bounded number of events each time, so
/// no event is looked at twice and no question takes long. Safe for use by many threads.
final class VisibleTypes {

    /// Most events that one question looks at.
    static final int EVENTS_A_QUESTION_MAX = 100_000;

    private final EventStore store;
    private final Sight sight;

    // Guarded by this.
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> next = new HashMap<>();

    VisibleTypes(EventStore store, Sight sight) {
        this.store = store;
        this.sight = sight;
    }

    /// Of all types with their numbers, those that were found to have one so far.
    synchronized SortedMap<String, Long> of(SortedMap<String, Long> all) {
        long left = EVENTS_A_QUESTION_MAX;
        for (String type : all.keySet()) {
            if (left > 0 && !seen.contains(type)) {
                left -= look(type, left);
            }
        }
        SortedMap<String, Long> visible = new TreeMap<>(all);
        visible.keySet().retainAll(seen);
        return visible;
    }

    /// How many events it took.
    private long look(String type, long max) {
        Read read = Read.matching(Query.types(type))
                .fromPosition(next.getOrDefault(type, 0L))
                .limit(max);
        try (EventCursor cursor = store.read(read)) {
            long looked = 0;
            while (cursor.hasNext()) {
                looked++;
                if (sight.shows(cursor.next().stream())) {
                    seen.add(type);
                    next.remove(type);
                    return looked;
                }
            }
            next.put(type, cursor.nextPosition());
            return looked;
        }
    }
}
