package dev.everfold.eventstore;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A query prepared for many events: names are encoded once and compared as bytes, nothing is allocated an
/// event.
final class QueryPredicate {

    private QueryPredicate() {}

    static Predicate<RecordedEvent> of(Query query) {
        if (query.matchesEverything()) {
            return event -> true;
        }
        List<ItemPredicate> items =
                query.items().stream().map(ItemPredicate::of).toList();
        return switch (items.size()) {
            case 0 -> event -> false;
            case 1 -> items.getFirst();
            default -> event -> anyMatches(items, event);
        };
    }

    private static boolean anyMatches(List<ItemPredicate> items, RecordedEvent event) {
        for (ItemPredicate item : items) {
            if (item.test(event)) {
                return true;
            }
        }
        return false;
    }

    /// One item, its names in UTF-8. Arrays are never changed after construction.
    @SuppressWarnings("ArrayRecordComponent") // private to this file, never compared
    private record ItemPredicate(
            byte @Nullable [] stream,
            byte @Nullable [] category,
            byte[][] types,
            byte[][] tags,
            Set<UUID> ids,
            boolean firstOfStream)
            implements Predicate<RecordedEvent> {

        static ItemPredicate of(Query.Item item) {
            return new ItemPredicate(
                    item.stream().map(ItemPredicate::encode).orElse(null),
                    item.category().map(ItemPredicate::encode).orElse(null),
                    item.types().stream().map(ItemPredicate::encode).toArray(byte[][]::new),
                    item.tags().stream().map(ItemPredicate::encode).toArray(byte[][]::new),
                    item.ids(),
                    item.firstOfStream());
        }

        private static byte[] encode(String name) {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public boolean test(RecordedEvent event) {
            return (!firstOfStream || event.revision() == 0)
                    && (stream == null || event.hasStream(stream))
                    && (category == null || event.hasCategory(category))
                    && hasAnyType(event)
                    && hasAllTags(event)
                    && (ids.isEmpty() || ids.contains(event.id()));
        }

        private boolean hasAnyType(RecordedEvent event) {
            for (byte[] type : types) {
                if (event.hasType(type)) {
                    return true;
                }
            }
            return types.length == 0;
        }

        private boolean hasAllTags(RecordedEvent event) {
            for (byte[] tag : tags) {
                if (!event.hasTag(tag)) {
                    return false;
                }
            }
            return true;
        }
    }
}
