package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// States of streams at any earlier point, and how they came about.
///
/// A decider's handler has all of this by id; this is the same by stream, for readers that decide nothing.
///
/// Every answer is folded from the log as it was at one position, whatever is appended meanwhile. Safe for many
/// threads, as far as `evolve` is pure; it does not own the store.
///
/// @param <S> the state
/// @param <E> the events
public final class TimeTravel<S, E> {

    /// So many streams are folded at once at most: each keeps its state in memory until all are done.
    public static final int STATES_MAX = 1_000_000;

    private final EventStore store;
    private final Fold<S, E> fold;
    private final Clock clock;
    private final Cuts cuts;
    private final StreamReading<S, E> streamReading;
    private final StatesReading<S, E> statesReading;

    private TimeTravel(EventStore store, Fold<S, E> fold, Clock clock, Optional<SavedStates<S>> saved, int statesMax) {
        this.store = store;
        this.fold = fold;
        this.clock = clock;
        this.cuts = new Cuts(store, clock);
        this.streamReading = new StreamReading<>(store, fold, cuts, saved);
        this.statesReading = new StatesReading<>(store, fold, statesMax);
    }

    /// On a store, without saved states.
    ///
    /// @param initial the state before the first event
    /// @param evolve the state after one more event
    /// @param clock tells whether a time has come ([PointInTime#knownAt])
    public static <S, E> TimeTravel<S, E> on(
            EventStore store,
            EventCodec<E> codec,
            S initial,
            BiFunction<? super S, ? super E, ? extends S> evolve,
            Clock clock) {
        return new TimeTravel<>(store, new Fold<>(codec, initial, evolve), clock, Optional.empty(), STATES_MAX);
    }

    /// The same that begins at a saved state, where the log proves that it is of a beginning of what counts.
    public TimeTravel<S, E> savedIn(SavedStates<S> saved) {
        return new TimeTravel<>(store, fold, clock, Optional.of(saved), statesReading.statesMax());
    }

    /// The same with another limit, for tests.
    TimeTravel<S, E> statesMax(int max) {
        return new TimeTravel<>(store, fold, clock, Optional.empty(), max);
    }

    /// The state of a stream at a point in time; the initial state where no event counts.
    ///
    /// Costs a read of the stream's events that count, or of those after a saved state; by occurred time, of all
    /// its events, without saved states. `knownAt` costs some log₂(events of the log) reads of one event more.
    ///
    /// @throws dev.everfold.eventstore.PositionAheadException when the position is beyond the log
    /// @throws IllegalArgumentException when the stream has no such revision yet, or the time to know at has
    ///     not come
    public S state(String stream, PointInTime when) {
        return streamReading.state(stream, cuts.ofStream(when, stream));
    }

    /// Where the states of a stream at two points differ, at most 100 places; `from` may be the later one.
    ///
    /// @throws dev.everfold.eventstore.PositionAheadException when a position is beyond the log
    /// @throws IllegalArgumentException when the stream has no such revision yet, or the time to know at has
    ///     not come
    public List<Difference> difference(String stream, PointInTime from, PointInTime to) {
        return Difference.between(state(stream, from), state(stream, to));
    }

    /// Every event of a stream that is durable now, the first one first, with the state before and after.
    ///
    /// Lazy: at most 256 events, or some more than 1 MiB of them, are in memory, and nothing is open between two
    /// of them, so the answer need not be closed. Both ends of compensations are looked up page by page,
    /// whatever streams they are in: two indexed reads for 256 events. Events of the system (`$…`) that the
    /// codec does not know are left out.
    public Stream<HistoryEntry<S, E>> history(String stream) {
        HistoryReading<S, E> reading = new HistoryReading<>(store, fold, stream, store.nextPosition());
        int characteristics = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(reading, characteristics), false);
    }

    /// The states of these streams at one point in time, all at the same position of the log; the initial state
    /// where no event counts. In the order given.
    ///
    /// One pass over the log up to the point: over the events of the streams by index for up to 100 of them, over
    /// the events of their categories for more. Keeps one state in memory for each stream.
    ///
    /// @throws dev.everfold.eventstore.PositionAheadException when the position is beyond the log
    /// @throws IllegalArgumentException when the point is a revision, or the time to know at has not come, or
    ///     there are more than [#STATES_MAX] streams
    public Map<String, S> states(Collection<String> streams, PointInTime when) {
        return statesReading.ofStreams(streams, cuts.ofLog(when));
    }

    /// The states at one point in time of all streams `<category>-<id>` that had an event that counts. In the
    /// order in which they began.
    ///
    /// One pass over the category's events up to the point. Keeps one state in memory for each stream.
    ///
    /// @throws dev.everfold.eventstore.PositionAheadException when the position is beyond the log
    /// @throws IllegalArgumentException when the point is a revision, or the time to know at has not come
    /// @throws IllegalStateException when there are more than [#STATES_MAX] streams
    public Map<String, S> statesOf(String category, PointInTime when) {
        return statesReading.ofCategory(category, cuts.ofLog(when));
    }

    /// The same for those streams of the category that had an event that counts and matches the query, for
    /// example a tag. All their events are folded, those that match and those that do not.
    ///
    /// A first pass over what matches finds the streams, a second one folds them as [#states] does.
    ///
    /// @throws dev.everfold.eventstore.PositionAheadException when the position is beyond the log
    /// @throws IllegalArgumentException when the point is a revision, or the time to know at has not come
    /// @throws IllegalStateException when there are more than [#STATES_MAX] streams
    public Map<String, S> statesOf(String category, Query query, PointInTime when) {
        return statesReading.ofQuery(category, query, cuts.ofLog(when));
    }
}
