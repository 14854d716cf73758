package dev.everfold.server.view;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.state.Reducer;
import dev.everfold.server.state.Reducers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the events of a stream add up to at a revision, and what the event there changed.
///
/// @param event the event at the revision
/// @param lastRevision the revision of the stream's last event
/// @param state the folded state
/// @param differences from the state before the event; at most [Differences#DIFFERENCES_MAX]
public record StateAt(RecordedEvent event, long lastRevision, JsonNode state, List<Map<String, Object>> differences) {

    /// Most events that are folded for one answer.
    public static final long EVENTS_MAX = 100_000;

    private static final int STATE_CHARACTERS_MAX = 8 << 20;

    /// The state of a stream at a revision, which is there.
    ///
    /// @throws IllegalArgumentException when the revision is beyond [#EVENTS_MAX], or the state too large to show
    public static StateAt of(EventStore store, Reducers reducers, String stream, long revision, long lastRevision) {
        if (revision >= EVENTS_MAX) {
            throw new IllegalArgumentException("The state at revision " + revision + " would take " + (revision + 1)
                    + " events to fold; at most " + EVENTS_MAX + " are. Choose an earlier revision.");
        }
        return fold(store, reducers.of(stream).orElse(MergePatch.REDUCER), stream, revision, lastRevision);
    }

    private static <S> StateAt fold(
            EventStore store, Reducer<S> reducer, String stream, long revision, long lastRevision) {
        try (EventCursor cursor = store.read(Read.stream(stream).toRevision(revision + 1))) {
            S state = reducer.initial().get();
            JsonNode before = json(reducer, state, -1);
            RecordedEvent event = cursor.next();
            long unseenBytes = 0;
            while (cursor.hasNext()) {
                state = reducer.fold().apply(state, event);
                unseenBytes += event.data().length();
                // A state that can no longer be shown must not grow until there is no memory for others.
                if (unseenBytes >= STATE_CHARACTERS_MAX) {
                    var _ = text(reducer, state, event.revision());
                    unseenBytes = 0;
                }
                event = cursor.next();
            }
            if (event.revision() > 0) {
                before = json(reducer, state, event.revision() - 1);
            }
            JsonNode after = json(reducer, reducer.fold().apply(state, event), event.revision());
            return new StateAt(event, lastRevision, after, Differences.between(before, after));
        }
    }

    private static <S> JsonNode json(Reducer<S> reducer, S state, long revision) {
        return MergePatch.JSON.readTree(text(reducer, state, revision));
    }

    private static <S> String text(Reducer<S> reducer, S state, long revision) {
        String json = reducer.json().apply(state);
        if (json.length() > STATE_CHARACTERS_MAX) {
            throw new IllegalArgumentException("The state at revision " + revision + " has " + json.length()
                    + " characters; at most " + STATE_CHARACTERS_MAX + " are shown. Choose an earlier revision.");
        }
        return json;
    }

    /// The last event of a stream; empty when the stream has none.
    public static Optional<RecordedEvent> last(EventStore store, String stream) {
        return first(store, Read.stream(stream).backwards());
    }

    /// The revision of the last event that was recorded at this time or before; empty when there was none yet.
    ///
    /// Found by halving, since recorded times never fall.
    public static Optional<Long> revisionAt(EventStore store, String stream, long lastRevision, Instant time) {
        long from = 0;
        long to = lastRevision + 1;
        while (from < to) {
            long middle = (from + to) >>> 1;
            boolean isBefore = first(store, Read.stream(stream).fromRevision(middle))
                    .filter(event -> !event.recorded().isAfter(time))
                    .isPresent();
            if (isBefore) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from == 0 ? Optional.empty() : Optional.of(from - 1);
    }

    private static Optional<RecordedEvent> first(EventStore store, Read read) {
        try (EventCursor cursor = store.read(read.limit(1))) {
            return cursor.hasNext() ? Optional.of(cursor.next()) : Optional.empty();
        }
    }
}
