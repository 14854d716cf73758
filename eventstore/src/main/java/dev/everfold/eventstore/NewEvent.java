package dev.everfold.eventstore;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// An event on its way into the store, before it has a position.
///
/// An event belongs to exactly one stream and may carry any number of tags. Immutable and safe to share.
///
/// @param stream the stream it goes to; valid Unicode without NUL, not empty
/// @param id identity given by the writer; [#of] makes one of UUID version 7 (RFC 9562). Need not be unique
/// @param type what happened, for example `order.placed`; same rules as a stream's name
/// @param contentType media type of `data`; ASCII, for example `application/json`
/// @param data the payload; comes back byte for byte whatever the content type
/// @param metadata about the event, opaque to the store; comes back byte for byte
/// @param tags names of what the event concerns, for example `account:42`; distinct, in the order given
/// @param occurred when it happened, as the writer says; truncated to microseconds
/// @param recorded when another store recorded it; only copies and replicas bring one, it must not fall
public record NewEvent(
        String stream,
        UUID id,
        String type,
        String contentType,
        Bytes data,
        Bytes metadata,
        List<String> tags,
        Optional<Instant> occurred,
        Optional<Instant> recorded) {

    /// Content type of JSON, the default of [#of].
    public static final String JSON = "application/json";

    /// Content type of bytes that only the application understands.
    public static final String BINARY = "application/octet-stream";

    private static final int FEW_TAGS = 8;

    /// Checks the names, drops repeated tags and truncates the times.
    ///
    /// @throws IllegalArgumentException when a name is empty, holds NUL or is not valid Unicode, when the
    ///     content type is not ASCII, or when a time does not fit into 64 bits of microseconds
    public NewEvent {
        Utf8.name(stream, "stream");
        Utf8.name(type, "event type");
        if (!contentType.equals(JSON)) {
            checkContentType(contentType);
        }
        for (String tag : tags) {
            Utf8.name(tag, "tag");
        }
        tags = distinct(List.copyOf(tags));
        occurred = occurred.map(time -> Micros.truncate(time, "occurred"));
        recorded = recorded.map(time -> Micros.truncate(time, "recorded"));
    }

    /// A few tags are compared with each other, which takes less than a set.
    private static List<String> distinct(List<String> tags) {
        if (tags.size() <= FEW_TAGS) {
            boolean repeated = false;
            for (int i = 1; i < tags.size() && !repeated; i++) {
                repeated = tags.indexOf(tags.get(i)) < i;
            }
            if (!repeated) {
                return tags;
            }
        }
        return List.copyOf(new LinkedHashSet<>(tags));
    }

    private static void checkContentType(String contentType) {
        Utf8.name(contentType, "content type");
        if (contentType.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            throw new IllegalArgumentException("The content type \"" + contentType
                    + "\" is not printable ASCII; expected for example " + JSON + ".");
        }
    }

    /// A JSON event with a fresh id, no tags, no metadata and no time of its own.
    public static NewEvent of(String stream, String type, Bytes data) {
        return new NewEvent(
                stream,
                TimeOrderedId.next(),
                type,
                JSON,
                data,
                Bytes.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /// A JSON event from text, otherwise as the other factory.
    public static NewEvent of(String stream, String type, String json) {
        return of(stream, type, Bytes.utf8(json));
    }

    /// The same event with another id.
    public NewEvent withId(UUID newId) {
        return new NewEvent(stream, newId, type, contentType, data, metadata, tags, occurred, recorded);
    }

    /// The same event with other content.
    public NewEvent withContent(String newContentType, Bytes newData) {
        return new NewEvent(stream, id, type, newContentType, newData, metadata, tags, occurred, recorded);
    }

    /// The same event with other metadata.
    public NewEvent withMetadata(Bytes newMetadata) {
        return new NewEvent(stream, id, type, contentType, data, newMetadata, tags, occurred, recorded);
    }

    /// The same event with other tags.
    public NewEvent withTags(List<String> newTags) {
        return new NewEvent(stream, id, type, contentType, data, metadata, newTags, occurred, recorded);
    }

    /// The same event with other tags.
    public NewEvent withTags(String... newTags) {
        return withTags(List.of(newTags));
    }

    /// The same event that happened at the given time.
    public NewEvent occurredAt(Instant time) {
        return new NewEvent(stream, id, type, contentType, data, metadata, tags, Optional.of(time), recorded);
    }

    /// The same event as another store recorded it; for copies and replicas.
    public NewEvent recordedAt(Instant time) {
        return new NewEvent(stream, id, type, contentType, data, metadata, tags, occurred, Optional.of(time));
    }

    /// Identity only; content and names of an event may be personal data.
    @Override
    public String toString() {
        return "NewEvent[id=" + id + ", type=" + type + ", " + data.length() + " bytes]";
    }
}
