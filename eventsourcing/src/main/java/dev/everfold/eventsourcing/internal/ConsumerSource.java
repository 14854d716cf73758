package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What a consumer takes, and from where.
///
/// @param name of the consumer
/// @param kind `subscription`, `projection` or `reaction`
/// @param selection which events
/// @param start where it begins without a checkpoint
/// @param keyOf what order is kept in when an event is parked; never fails
/// @param severalKeys whether an event may be handled for other keys too
public record ConsumerSource(
        String name,
        String kind,
        Selection selection,
        StartAt start,
        Function<RecordedEvent, String> keyOf,
        boolean severalKeys) {

    /// One whose events have one key each.
    public ConsumerSource(
            String name, String kind, Selection selection, StartAt start, Function<RecordedEvent, String> keyOf) {
        this(name, kind, selection, start, keyOf, false);
    }

    /// The key of an event, or its stream where there is none: a function that is given by an application may read
    /// events, and one that cannot be read is to be parked like any other that fails.
    public static String keyOf(Function<RecordedEvent, String> key, RecordedEvent event) {
        try {
            return key.apply(event);
        } catch (RuntimeException unreadable) {
            return event.stream();
        }
    }

    /// What all consumers of one [dev.everfold.eventsourcing.Everfold] share.
    ///
    /// @param store the log
    /// @param tail shows new events
    /// @param clock tells times in messages, and how old a checkpoint is
    /// @param random spreads waits
    /// @param stopped called when a consumer is stopped, by whatever thread; holds no lock
    public record Shared(EventStore store, Tail tail, Clock clock, RandomGenerator random, Runnable stopped) {}
}
