package dev.everfold.kurrent.group;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.Streams;
import java.util.OptionalLong;

/// Where the events of a group come from, and how their places count: revisions of its stream, or positions of the log.
///
/// @param streams of the store
/// @param group whose
record GroupSource(Streams streams, GroupDefinition group) {

    /// Its events from a place on.
    Feed from(long place) {
        return feed(OptionalLong.of(place));
    }

    /// The place after its last event as things are.
    static long end(Streams streams, GroupKey key) {
        return key.isOfAll()
                ? streams.store().nextPosition()
                : streams.reads()
                        .feed(key.stream(), OptionalLong.empty(), false)
                        .next();
    }

    long place(Delivery delivery) {
        RecordedEvent found = delivery.found();
        return group.key().isOfAll() ? found.position() : found.revision();
    }

    private Feed feed(OptionalLong from) {
        boolean resolves = group.settings().resolvesLinks();
        return group.key().isOfAll()
                ? streams.reads().feed(filter(), from, resolves)
                : streams.reads().feed(group.key().stream(), from, resolves);
    }

    /// What groups keep is not given to groups: a checkpoint would make the next one necessary.
    private EventFilter filter() {
        EventFilter asked = group.filter().map(GroupFilter::compile).orElse(EventFilter.ALL);
        return new EventFilter(
                asked.query(), asked.predicate().and(event -> !event.stream().startsWith(GroupKey.PREFIX)));
    }
}
