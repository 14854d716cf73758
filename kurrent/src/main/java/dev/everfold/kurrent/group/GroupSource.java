package dev.everfold.kurrent.group;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import java.util.OptionalLong;

/// Where the events of a group come from, and how their places count: revisions of its stream, or positions of the log.
///
/// @param streams of the store
/// @param group whose
record GroupSource(Streams streams, GroupDefinition group) {

    /// Events that are looked at to find out whether one is for the group.
    private static final int LOOKED_MAX = 1_000;

    /// Its events from a place on.
    Feed from(long place) {
        boolean resolves = group.settings().resolvesLinks();
        return group.key().isOfAll()
                ? streams.reads().feed(filter(), OptionalLong.of(place), resolves)
                : streams.reads().feed(group.key().stream(), OptionalLong.of(place), resolves);
    }

    /// The place after its last event as things are.
    static long end(Streams streams, GroupKey key) {
        return key.isOfAll()
                ? streams.store().nextPosition()
                : streams.reads()
                        .feed(key.stream(), OptionalLong.empty(), false)
                        .next();
    }

    /// The same for a group that has done everything before a place: that place, where nothing behind it is for the
    /// group. Where it takes long to find out, the end of the log.
    long end(long done) {
        long end = end(streams, group.key());
        if (!group.key().isOfAll() || done >= end) {
            return end;
        }
        EventFilter filter = filter();
        int looked = 0;
        try (EventCursor cursor =
                streams.store().read(Read.matching(filter.query()).fromPosition(done))) {
            while (cursor.hasNext()) {
                looked++;
                if (looked > LOOKED_MAX || filter.predicate().test(cursor.next())) {
                    return end;
                }
            }
        }
        return done;
    }

    long place(Delivery delivery) {
        RecordedEvent found = delivery.found();
        return group.key().isOfAll() ? found.position() : found.revision();
    }

    /// What groups keep is not given to groups, nor its metadata: a checkpoint would make the
    /// next one necessary, and what is replayed one more event.
    private EventFilter filter() {
        EventFilter asked = group.filter().map(GroupFilter::compile).orElse(EventFilter.ALL);
        return new EventFilter(
                asked.query(),
                asked.predicate()
                        .and(event -> !StreamNames.subjectOf(event.stream()).startsWith(GroupKey.PREFIX)));
    }
}
