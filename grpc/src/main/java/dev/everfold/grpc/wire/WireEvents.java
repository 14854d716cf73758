package dev.everfold.grpc.wire;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.protocol.v1.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Events, new and recorded.
public final class WireEvents {

    private WireEvents() {}

    static Wire.NewEvent encode(NewEvent event) {
        Wire.NewEvent.Builder message = Wire.NewEvent.newBuilder()
                .setStream(event.stream())
                .setId(WireValues.encode(event.id()))
                .setType(event.type())
                .setData(WireValues.encode(event.data()))
                .setMetadata(WireValues.encode(event.metadata()))
                .addAllTags(event.tags());
        if (!event.contentType().equals(NewEvent.JSON)) {
            message.setContentType(event.contentType());
        }
        event.occurred().ifPresent(time -> message.setOccurredMicros(WireValues.micros(time)));
        event.recorded().ifPresent(time -> message.setRecordedMicros(WireValues.micros(time)));
        return message.build();
    }

    static NewEvent decode(Wire.NewEvent event) {
        if (!event.hasId()) {
            throw new IllegalArgumentException("An event of type \"" + event.getType()
                    + "\" has no id; expected a UUID, which a repeat is recognised by.");
        }
        return new NewEvent(
                event.getStream(),
                WireValues.decode(event.getId()),
                event.getType(),
                event.getContentType().isEmpty() ? NewEvent.JSON : event.getContentType(),
                WireValues.decode(event.getData()),
                WireValues.decode(event.getMetadata()),
                // Copied: the message keeps its strings half decoded.
                List.copyOf(event.getTagsList()),
                event.hasOccurredMicros()
                        ? Optional.of(WireValues.instant(event.getOccurredMicros()))
                        : Optional.empty(),
                event.hasRecordedMicros()
                        ? Optional.of(WireValues.instant(event.getRecordedMicros()))
                        : Optional.empty());
    }

    /// A recorded event as a message with fields.
    public static Wire.RecordedEvent encode(RecordedEvent event) {
        Wire.RecordedEvent.Builder message = Wire.RecordedEvent.newBuilder()
                .setPosition(event.position())
                .setRevision(event.revision())
                .setRecordedMicros(event.recordedMicros())
                .setStream(event.stream())
                .setId(WireValues.encode(event.id()))
                .setType(event.type())
                .setContentType(event.contentType())
                .setData(WireValues.encode(event.data()))
                .setMetadata(WireValues.encode(event.metadata()))
                .addAllTags(event.tags());
        event.occurred().ifPresent(time -> message.setOccurredMicros(WireValues.micros(time)));
        return message.build();
    }

    /// The recorded event in a message with fields: its record is made anew and is the same, byte for byte.
    public static RecordedEvent decode(Wire.RecordedEvent event) {
        byte[] record = EventFormat.encode(new NewEvent(
                event.getStream(),
                WireValues.decode(event.getId()),
                event.getType(),
                event.getContentType(),
                WireValues.decode(event.getData()),
                WireValues.decode(event.getMetadata()),
                List.copyOf(event.getTagsList()),
                event.hasOccurredMicros()
                        ? Optional.of(WireValues.instant(event.getOccurredMicros()))
                        : Optional.empty(),
                Optional.empty()));
        EventFormat.place(
                record, 0, new EventFormat.Place(event.getPosition(), event.getRevision(), event.getRecordedMicros()));
        return RecordedEvent.view(record, 0);
    }

    /// Records one after another; each is checked by its own checksum, so nothing that was damaged on the way is
    /// taken for an event.
    ///
    /// @return views of one copy of the bytes; empty when they are not whole records
    public static Optional<List<RecordedEvent>> records(ByteString bytes) {
        byte[] buffer = bytes.toByteArray();
        List<RecordedEvent> events = new ArrayList<>();
        int at = 0;
        while (at < buffer.length) {
            if (!EventFormat.isWhole(buffer, at, buffer.length)) {
                return Optional.empty();
            }
            events.add(RecordedEvent.view(buffer, at));
            at += EventFormat.recordBytes(buffer, at);
        }
        return Optional.of(events);
    }
}
