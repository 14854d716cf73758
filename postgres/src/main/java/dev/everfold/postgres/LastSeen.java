package dev.everfold.postgres;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Where a row of events last bore which names: enough to say that none of them matches a query, without a look
/// at any.
///
/// All fields of an item must hold, so once one of them was last seen before a position, nothing matches the
/// item from there on. Whether something does match is for others to say. For one thread at a time.
final class LastSeen {

    private final Map<String, Long> streams = new HashMap<>();
    private final Map<String, Long> categories = new HashMap<>();
    private final Map<String, Long> types = new HashMap<>();
    private final Map<String, Long> tags = new HashMap<>();
    private final Map<UUID, Long> ids = new HashMap<>();
    private long firstOfStream = -1;

    /// @param position above that of the event before
    /// @param isFirst whether it is the first of its stream, or may be
    void add(NewEvent event, long position, boolean isFirst) {
        streams.put(event.stream(), position);
        categories.put(Query.categoryOf(event.stream()), position);
        types.put(event.type(), position);
        event.tags().forEach(tag -> tags.put(tag, position));
        ids.put(event.id(), position);
        if (isFirst) {
            firstOfStream = position;
        }
    }

    /// Whether an event at or behind the position may match; if not, none does.
    boolean mayMatch(Query query, long fromPosition) {
        return query.items().stream().anyMatch(item -> mayMatch(item, fromPosition));
    }

    private boolean mayMatch(Query.Item item, long from) {
        return wasSeen(streams, item.stream(), from)
                && wasSeen(categories, item.category(), from)
                && (item.types().isEmpty() || anySeen(types, item.types(), from))
                && item.tags().stream().allMatch(tag -> wasSeen(tags, tag, from))
                && (item.ids().isEmpty() || anySeen(ids, item.ids(), from))
                && (!item.firstOfStream() || firstOfStream >= from);
    }

    private static <T> boolean anySeen(Map<T, Long> last, Collection<T> any, long from) {
        return any.stream().anyMatch(one -> wasSeen(last, one, from));
    }

    private static <T> boolean wasSeen(Map<T, Long> last, Optional<T> asked, long from) {
        return asked.isEmpty() || wasSeen(last, asked.get(), from);
    }

    private static <T> boolean wasSeen(Map<T, Long> last, T one, long from) {
        return last.getOrDefault(one, -1L) >= from;
    }
}
