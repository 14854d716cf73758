package dev.everfold.server.state;

import dev.everfold.eventstore.Query;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which reducer folds which streams. Immutable; its reducers are called by many threads.
///
/// @param byCategory reducers by the category of the streams that they fold
public record Reducers(Map<String, Reducer<?>> byCategory) {

    /// None: the events of every stream are merged.
    public static final Reducers NONE = new Reducers(Map.of());

    /// Copies the map.
    public Reducers {
        byCategory = Map.copyOf(byCategory);
    }

    /// The same, and this reducer for the streams of a category.
    public Reducers with(String category, Reducer<?> reducer) {
        Map<String, Reducer<?>> more = new TreeMap<>(byCategory);
        more.put(category, reducer);
        return new Reducers(more);
    }

    /// What folds this stream; empty where nobody said.
    public Optional<Reducer<?>> of(String stream) {
        return Optional.ofNullable(byCategory.get(Query.categoryOf(stream)));
    }
}
