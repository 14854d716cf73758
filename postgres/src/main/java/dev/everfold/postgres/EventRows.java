package dev.everfold.postgres;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Rows of [Sql#COLUMNS] as events.
final class EventRows {

    private EventRows() {}

    /// Whether a row of a join has an event.
    static boolean isEvent(ResultSet row) throws SQLException {
        long _ = row.getLong(1);
        return !row.wasNull();
    }

    static RecordedEvent event(ResultSet row) throws SQLException {
        EventFormat.Place place = new EventFormat.Place(row.getLong(1), row.getLong(2), row.getLong(3));
        long occurredMicros = row.getLong(4);
        Optional<Instant> occurred = row.wasNull() ? Optional.empty() : Optional.of(Times.instant(occurredMicros));
        UUID id = row.getObject(5, UUID.class);
        String contentType = row.getString(8);
        byte[] metadata = row.getBytes(10);
        byte[] data = row.getBytes(11);
        NewEvent event = new NewEvent(
                row.getString(6),
                id,
                row.getString(7),
                contentType == null ? NewEvent.JSON : contentType,
                data == null ? Bytes.empty() : Bytes.of(data),
                metadata == null ? Bytes.empty() : Bytes.of(metadata),
                tags(row.getArray(9)),
                occurred,
                Optional.empty());
        byte[] record = EventFormat.encode(event);
        EventFormat.place(record, 0, place);
        return RecordedEvent.view(record, 0);
    }

    private static List<String> tags(@Nullable Array tags) throws SQLException {
        return tags == null ? List.of() : List.of((String[]) tags.getArray());
    }
}
