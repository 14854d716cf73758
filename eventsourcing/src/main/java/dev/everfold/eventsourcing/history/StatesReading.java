package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Folds several streams up to one cut, in one pass. Safe for many threads.
final class StatesReading<S, E> {

    /// Up to so many streams are looked up one by one; for more, reading their whole categories in sequence
    /// costs less than asking of each event whether it is of one of them.
    private static final int INDEXED_STREAMS_MAX = 100;

    /// Of a query: an item, and its stream or category.
    private static final int TERMS_OF_A_NAME = 2;

    private final EventStore store;
    private final Fold<S, E> fold;
    private final int statesMax;

    StatesReading(EventStore store, Fold<S, E> fold, int statesMax) {
        this.store = store;
        this.fold = fold;
        this.statesMax = statesMax;
    }

    int statesMax() {
        return statesMax;
    }

    Map<String, S> ofStreams(Collection<String> streams, Cut cut) {
        Set<String> asked = new LinkedHashSet<>(streams);
        if (asked.size() > statesMax) {
            throw new IllegalArgumentException("The states of " + asked.size() + " streams are asked for at once;"
                    + " the limit is " + statesMax + " (TimeTravel.STATES_MAX). Ask for some at a time, at one"
                    + " position.");
        }
        Map<String, S> states = new LinkedHashMap<>();
        asked.forEach(stream -> states.put(stream, fold.initial()));
        read(queryOf(asked), cut, event -> {
            String stream = event.stream();
            if (asked.contains(stream)) {
                states.compute(stream, (_, state) -> after(state, event));
            }
        });
        return Collections.unmodifiableMap(states);
    }

    Map<String, S> ofCategory(String category, Cut cut) {
        Predicate<String> isOfCategory = streamsOf(category);
        Map<String, S> states = new LinkedHashMap<>();
        read(Query.category(category), cut, event -> {
            String stream = event.stream();
            if (isOfCategory.test(stream)) {
                states.compute(stream, (_, state) -> after(state, event));
                requireRoom(states.size(), category);
            }
        });
        return Collections.unmodifiableMap(states);
    }

    Map<String, S> ofQuery(String category, Query query, Cut cut) {
        Predicate<String> isOfCategory = streamsOf(category);
        Set<String> streams = new LinkedHashSet<>();
        read(narrowed(query, category), cut, event -> {
            String stream = event.stream();
            if (isOfCategory.test(stream)) {
                streams.add(stream);
                requireRoom(streams.size(), category);
            }
        });
        return ofStreams(streams, cut);
    }

    private S after(@Nullable S state, RecordedEvent event) {
        return fold.after(state == null ? fold.initial() : state, event);
    }

    private void read(Query query, Cut cut, Consumer<RecordedEvent> each) {
        try (EventCursor cursor = store.read(Read.matching(query).toPosition(cut.toPosition()))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                if (cut.counts(event) && !fold.isOfTheSystem(event)) {
                    each.accept(event);
                }
            }
        }
    }

    private Query queryOf(Set<String> streams) {
        int namesMax = store.limits().queryTermsMax() / TERMS_OF_A_NAME;
        if (streams.size() <= Math.min(INDEXED_STREAMS_MAX, namesMax)) {
            return query(streams, Query.Item::withStream);
        }
        Set<String> categories = new TreeSet<>();
        streams.forEach(stream -> categories.add(Query.categoryOf(stream)));
        return categories.size() <= namesMax ? query(categories, Query.Item::withCategory) : Query.all();
    }

    private static Query query(Set<String> names, BiFunction<Query.Item, String, Query.Item> with) {
        return new Query(
                names.stream().map(name -> with.apply(new Query.Item(), name)).toList());
    }

    /// The query within the category, so that an engine need not look at others.
    private static Query narrowed(Query query, String category) {
        return new Query(query.items().stream()
                .map(item ->
                        item.stream().isPresent() || item.category().isPresent() ? item : item.withCategory(category))
                .toList());
    }

    private static Predicate<String> streamsOf(String category) {
        String prefix = category + "-";
        return stream -> stream.length() > prefix.length() && stream.startsWith(prefix);
    }

    private void requireRoom(int streams, String category) {
        if (streams > statesMax) {
            throw new IllegalStateException("Category \"" + category + "\" has more than " + statesMax
                    + " streams at that point; that is the limit (TimeTravel.STATES_MAX). Ask for some at a time,"
                    + " at one position.");
        }
    }
}
