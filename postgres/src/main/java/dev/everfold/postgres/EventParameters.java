package dev.everfold.postgres;

import dev.everfold.eventstore.NewEvent;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What events consist of, apart from their places, as parameters of a statement: a column each, then the tags.
final class EventParameters {

    private EventParameters() {}

    /// Sets ten parameters.
    ///
    /// @param first of the first of them
    static void set(SqlArrays arrays, int first, List<NewEvent> events) throws SQLException {
        List<Integer> tagged = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            for (String tag : events.get(i).tags()) {
                tagged.add(i);
                tags.add(tag);
            }
        }
        arrays.set(first, "int8", events, EventParameters::occurred);
        arrays.set(first + 1, "uuid", events, NewEvent::id);
        arrays.set(first + 2, "text", events, NewEvent::stream);
        arrays.set(first + 3, "text", events, NewEvent::type);
        arrays.set(first + 4, "text", events, EventParameters::contentType);
        arrays.set(first + 5, "text", events, EventParameters::tagList);
        arrays.set(first + 6, "bytea", events, EventParameters::metadata);
        arrays.set(first + 7, "bytea", events, event -> event.data().toArray());
        arrays.set(first + 8, "int4", tagged);
        arrays.set(first + 9, "text", tags);
    }

    /// The same of one event, by name.
    static Map<String, NamedSql.Value> of(NewEvent event) {
        return Map.of(
                "stream", (to, index) -> to.setString(index, event.stream()),
                "id", (to, index) -> to.setObject(index, event.id()),
                "type", (to, index) -> to.setString(index, event.type()),
                "occurred", (to, index) -> to.setObject(index, occurred(event), Types.BIGINT),
                "content_type", (to, index) -> to.setString(index, contentType(event)),
                "tags", (to, index) -> new SqlArrays(to).set(index, "text", event.tags()),
                "metadata", (to, index) -> to.setBytes(index, metadata(event)),
                "data", (to, index) -> to.setBytes(index, event.data().toArray()));
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
