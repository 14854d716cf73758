package dev.everfold.eventstore;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which events are meant: those that match any of the items.
///
/// No items match nothing; the item without fields matches everything. Immutable.
///
/// @param items alternatives, in the order given
public record Query(List<Query.Item> items) {

    private static final Query ALL = new Query(List.of(new Item()));
    private static final Query NOTHING = new Query(List.of());

    /// Copies the list.
    public Query {
        items = List.copyOf(items);
    }

    /// Every event.
    public static Query all() {
        return ALL;
    }

    /// No event.
    public static Query nothing() {
        return NOTHING;
    }

    /// Events that match any of the items.
    public static Query of(Item... items) {
        return new Query(List.of(items));
    }

    /// Events of one stream.
    public static Query stream(String stream) {
        return of(new Item().withStream(stream));
    }

    /// Events of all streams of one category.
    public static Query category(String category) {
        return of(new Item().withCategory(category));
    }

    /// Events of any of the types; of none, no event.
    public static Query types(String... types) {
        return types.length == 0 ? NOTHING : of(new Item().withTypes(types));
    }

    /// Events that carry all of the tags; all of none, every event.
    public static Query tags(String... tags) {
        return of(new Item().withTags(tags));
    }

    /// Events with any of the ids; of none, no event.
    public static Query ids(Collection<UUID> ids) {
        return ids.isEmpty() ? NOTHING : of(new Item().withIds(ids));
    }

    /// The first event of every stream: the catalogue of streams.
    public static Query firstOfStream() {
        return of(new Item().onlyFirstOfStream());
    }

    /// Events that match this query or the other.
    public Query or(Query other) {
        return new Query(Stream.concat(items.stream(), other.items.stream()).toList());
    }

    /// Whether some item has no fields, so that every event matches.
    public boolean matchesEverything() {
        return items.contains(ALL.items.getFirst());
    }

    /// A test that is made once and applied to many events; safe to share between threads.
    public Predicate<RecordedEvent> predicate() {
        return QueryPredicate.of(this);
    }

    /// The category of a stream: its id up to the first `-`, or the whole id where there is none.
    public static String categoryOf(String stream) {
        int dash = stream.indexOf('-');
        return dash < 0 ? stream : stream.substring(0, dash);
    }

    /// As it stands in messages, for example `types "order.placed" and tags "order:17"`.
    @Override
    public String toString() {
        if (items.isEmpty()) {
            return "nothing";
        }
        StringJoiner joined = new StringJoiner(", or ");
        items.forEach(item -> joined.add(item.toString()));
        return joined.toString();
    }

    /// One alternative of a query: all given fields must hold.
    ///
    /// @param stream the event belongs to this stream
    /// @param category the event's stream belongs to this category
    /// @param types the event has any of these types; empty = any type
    /// @param tags the event carries all of these tags; empty = whatever tags
    /// @param ids the event has any of these ids; empty = any id
    /// @param firstOfStream the event has revision 0
    public record Item(
            Optional<String> stream,
            Optional<String> category,
            Set<String> types,
            Set<String> tags,
            Set<UUID> ids,
            boolean firstOfStream) {

        /// Checks the names and sorts the sets, so that equal items print alike.
        ///
        /// @throws IllegalArgumentException when a name is empty, holds NUL or is not valid Unicode
        public Item {
            stream.ifPresent(name -> Utf8.name(name, "stream"));
            category.ifPresent(Item::checkCategory);
            types.forEach(name -> Utf8.name(name, "event type"));
            tags.forEach(name -> Utf8.name(name, "tag"));
            types = sorted(types);
            tags = sorted(tags);
            ids = ids.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(ids));
        }

        /// The item without fields, which matches everything.
        public Item() {
            this(Optional.empty(), Optional.empty(), Set.of(), Set.of(), Set.of(), false);
        }

        /// The same item for one stream.
        public Item withStream(String name) {
            return new Item(Optional.of(name), category, types, tags, ids, firstOfStream);
        }

        /// The same item for one category.
        public Item withCategory(String name) {
            return new Item(stream, Optional.of(name), types, tags, ids, firstOfStream);
        }

        /// The same item for any of these types.
        public Item withTypes(String... names) {
            return new Item(stream, category, new TreeSet<>(Arrays.asList(names)), tags, ids, firstOfStream);
        }

        /// The same item for all of these tags.
        public Item withTags(String... names) {
            return new Item(stream, category, types, new TreeSet<>(Arrays.asList(names)), ids, firstOfStream);
        }

        /// The same item for any of these ids.
        public Item withIds(Collection<UUID> anyOf) {
            return new Item(stream, category, types, tags, new LinkedHashSet<>(anyOf), firstOfStream);
        }

        /// The same item for first events of streams only.
        public Item onlyFirstOfStream() {
            return new Item(stream, category, types, tags, ids, true);
        }

        /// As it stands in messages.
        @Override
        public String toString() {
            StringJoiner joined = new StringJoiner(" and ");
            joined.setEmptyValue("anything");
            stream.ifPresent(name -> joined.add("stream \"" + name + "\""));
            category.ifPresent(name -> joined.add("category \"" + name + "\""));
            if (!types.isEmpty()) {
                joined.add("types " + quoted(types, " or "));
            }
            if (!tags.isEmpty()) {
                joined.add("tags " + quoted(tags, " and "));
            }
            if (!ids.isEmpty()) {
                joined.add("ids " + quoted(ids, " or "));
            }
            if (firstOfStream) {
                joined.add("first of stream");
            }
            return joined.toString();
        }

        /// The empty category is real: it is that of a stream such as `-17`.
        private static void checkCategory(String name) {
            if (!name.isEmpty()) {
                Utf8.name(name, "category");
            }
            if (name.indexOf('-') >= 0) {
                throw new IllegalArgumentException("The category \"" + name
                        + "\" holds '-'; expected the part of a stream id before its first '-'.");
            }
        }

        private static Set<String> sorted(Set<String> names) {
            return names.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(names));
        }

        private static String quoted(Set<?> names, String separator) {
            StringJoiner joined = new StringJoiner(separator);
            names.forEach(name -> joined.add("\"" + name + "\""));
            return joined.toString();
        }
    }
}
