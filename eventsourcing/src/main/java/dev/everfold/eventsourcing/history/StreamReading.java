package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/// Folds one stream up to a cut. Safe for many threads.
///
/// By occurred time a saved state is of no use: among the events that it holds there may be some that had not
/// occurred by then, and nothing in it tells.
final class StreamReading<S, E> {

    private static final Logger LOG = System.getLogger(StreamReading.class.getName());

    private final EventStore store;
    private final Fold<S, E> fold;
    private final Cuts cuts;
    private final Optional<SavedStates<S>> saved;

    StreamReading(EventStore store, Fold<S, E> fold, Cuts cuts, Optional<SavedStates<S>> saved) {
        this.store = store;
        this.fold = fold;
        this.cuts = cuts;
        this.saved = saved;
    }

    S state(String stream, Cut cut) {
        return (cut.isOfLog() ? fromSaved(stream, cut) : Optional.<S>empty()).orElseGet(() -> fromStart(stream, cut));
    }

    private S fromStart(String stream, Cut cut) {
        try (EventCursor cursor = store.read(upTo(stream, cut))) {
            return foldOn(fold.initial(), cursor, cut);
        }
    }

    private Optional<S> fromSaved(String stream, Cut cut) {
        return saved.flatMap(states -> cuts.lastOf(stream, cut.toPosition())
                .flatMap(last -> states.newest(stream, last.revision() + 1))
                .flatMap(state -> fromSaved(stream, state, cut)));
    }

    /// Reads on from the event that the saved state ends with: that it is there, and before the cut, proves that
    /// the state is of this history and not a later one.
    private Optional<S> fromSaved(String stream, StateAt<S> state, Cut cut) {
        if (state.position() < cut.toPosition()) {
            try (EventCursor cursor = store.read(upTo(stream, cut).fromPosition(state.position()))) {
                if (cursor.hasNext() && isEndOf(state, cursor.next())) {
                    return Optional.of(foldOn(state.state(), cursor, cut));
                }
            }
        }
        LOG.log(
                Level.WARNING,
                "saved state not used, it does not fit the log revision={0} position={1}",
                state.revision(),
                state.position());
        return Optional.empty();
    }

    private S foldOn(S from, EventCursor cursor, Cut cut) {
        S state = from;
        while (cursor.hasNext()) {
            RecordedEvent event = cursor.next();
            if (cut.counts(event)) {
                state = fold.after(state, event);
            }
        }
        return state;
    }

    private static Read upTo(String stream, Cut cut) {
        return Read.matching(Query.stream(stream)).toPosition(cut.toPosition());
    }

    private static boolean isEndOf(StateAt<?> state, RecordedEvent event) {
        return event.position() == state.position() && event.revision() == state.revision();
    }
}
