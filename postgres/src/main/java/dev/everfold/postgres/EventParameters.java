package dev.everfold.postgres;

import dev.everfold.eventstore.NewEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What events consist of, apart from their places, as parameters of a statement.
final class EventParameters {

    private EventParameters() {}

    /// An array for each column.
    static void put(NamedValues values, List<NewEvent> events) {
        values.array("occurred", "int8", events, EventParameters::occurred)
                .array("ids", "uuid", events, NewEvent::id)
                .array("event_streams", "text", events, NewEvent::stream)
                .array("types", "text", events, NewEvent::type)
                .array("content_types", "text", events, EventParameters::contentType)
                .array("tag_lists", "text", events, EventParameters::tagList)
                .array("metadata", "bytea", events, EventParameters::metadata)
                .array("data", "bytea", events, event -> event.data().toArray());
    }

    /// The columns of one event.
    static void put(NamedValues values, NewEvent event) {
        values.put("occurred", occurred(event))
                .put("id", event.id())
                .put("stream", event.stream())
                .put("type", event.type())
                .put("content_type", contentType(event))
                .array("tags", "text", event.tags())
                .put("metadata", metadata(event))
                .put("data", event.data().toArray());
    }

    private static @Nullable Long occurred(NewEvent event) {
        return event.occurred().map(Times::micros).orElse(null);
    }

    private static @Nullable String contentType(NewEvent event) {
        return event.contentType().equals(NewEvent.JSON) ? null : event.contentType();
    }

    private static byte @Nullable [] metadata(NewEvent event) {
        return event.metadata().isEmpty() ? null : event.metadata().toArray();
    }

    private static @Nullable String tagList(NewEvent event) {
        return event.tags().isEmpty() ? null : Sql.arrayLiteral(event.tags());
    }
}
