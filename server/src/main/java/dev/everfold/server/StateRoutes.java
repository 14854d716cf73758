package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.security.Permission;
import dev.everfold.server.state.Reducers;
import dev.everfold.server.view.PlainEvent;
import dev.everfold.server.view.StateAt;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// State over time: what the events of a stream add up to, at a revision or a time, and what changed there.
final class StateRoutes {

    private static final int EVENT_BYTES_MAX = 64 << 10;

    private final EventStore store;
    private final Reducers reducers;

    StateRoutes(EventStore store, Reducers reducers) {
        this.store = store;
        this.reducers = reducers;
    }

    List<Route> routes() {
        return List.of(Route.get("/state", Permission.READ, this::state));
    }

    private void state(Context context) {
        Selection.require(context, "stream", "revision", "at");
        String stream = context.queryParam("stream");
        if (stream == null) {
            throw new IllegalArgumentException("The stream is missing; expected stream, and revision or at.");
        }
        long last = StateAt.last(store, stream)
                .map(RecordedEvent::revision)
                .orElseThrow(() -> new NothingThereException("Stream \"" + stream + "\" has no events."));
        StateAt state = StateAt.of(store, reducers, stream, revision(context, stream, last), last);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stream", stream);
        answer.put("revision", state.event().revision());
        answer.put("lastRevision", last);
        answer.put("reducer", reducers.of(stream).isPresent() ? "registered" : "merge");
        answer.put("event", PlainEvent.of(state.event(), EVENT_BYTES_MAX));
        answer.put("state", state.state());
        answer.put("differences", state.differences());
        Json.answer(context, answer);
    }

    private long revision(Context context, String stream, long last) {
        String at = context.queryParam("at");
        if (at == null) {
            long revision = Selection.number(context, "revision", last);
            if (revision < 0 || revision > last) {
                throw new NothingThereException(
                        "Stream \"" + stream + "\" has no revision " + revision + "; its last one is " + last + ".");
            }
            return revision;
        }
        if (context.queryParam("revision") != null) {
            throw new IllegalArgumentException("Both revision and at are given; expected one of them.");
        }
        return StateAt.revisionAt(store, stream, last, instant(at))
                .orElseThrow(() -> new NothingThereException(
                        "Stream \"" + stream + "\" had no events at " + at + ". Choose a later time."));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException notOne) {
            throw new IllegalArgumentException(
                    "The time \"" + text + "\" is not one; expected the form 2026-03-01T00:00:00Z.", notOne);
        }
    }
}
