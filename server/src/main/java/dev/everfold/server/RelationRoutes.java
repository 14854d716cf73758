package dev.everfold.server;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.security.Permission;
import dev.everfold.server.view.PlainEvent;
import dev.everfold.server.view.Relations;
import dev.everfold.server.view.StateAt;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// One event: what it is, what led to it and what it led to, and its data as a file.
final class RelationRoutes {

    private final EventStore store;

    RelationRoutes(EventStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/event", Permission.READ, this::event),
                Route.get("/event/data", Permission.READ, this::data));
    }

    private void event(Context context) {
        RecordedEvent event = find(context);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("event", PlainEvent.of(event, Integer.MAX_VALUE));
        answer.put(
                "lastRevision",
                StateAt.last(store, event.stream()).map(RecordedEvent::revision).orElse(event.revision()));
        answer.putAll(Relations.of(store, event));
        Json.answer(context, answer);
    }

    /// Never as something that a browser would show.
    private void data(Context context) {
        RecordedEvent event = find(context);
        context.header("Content-Disposition", "attachment; filename=\"event-" + event.position() + ".data\"");
        context.contentType("application/octet-stream").result(event.data().toArray());
    }

    private RecordedEvent find(Context context) {
        try (EventCursor cursor = store.read(selected(context).limit(1))) {
            if (!cursor.hasNext()) {
                throw new NothingThereException("The store has no such event. Look for it by its stream.");
            }
            return cursor.next();
        }
    }

    private static Read selected(Context context) {
        Selection.require(context, "position", "id", "stream", "revision");
        int given = context.queryParamMap().size();
        String position = context.queryParam("position");
        String id = context.queryParam("id");
        String stream = context.queryParam("stream");
        String revision = context.queryParam("revision");
        if (position != null && given == 1) {
            long at = Selection.number("position", position);
            return Read.all().toPosition(at < Long.MAX_VALUE ? at + 1 : at).fromPosition(at);
        }
        if (id != null && given == 1) {
            return Read.matching(Query.ids(List.of(uuid(id))));
        }
        if (stream != null && revision != null && given == 2) {
            return Read.stream(stream).fromRevision(Selection.number("revision", revision));
        }
        throw new IllegalArgumentException(
                "Which event is meant is not clear; expected position, or id, or stream and revision.");
    }

    private static UUID uuid(String id) {
        return Selection.uuid(id)
                .orElseThrow(() ->
                        new IllegalArgumentException("The id \"" + id + "\" is not a UUID, as the ids of events are."));
    }
}
