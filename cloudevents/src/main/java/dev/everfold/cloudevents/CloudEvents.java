package dev.everfold.cloudevents;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.charset.StandardCharsets;

/// The mapping between events and CloudEvents 1.0 in JSON, one event a line (NDJSON).
///
/// # Principle
/// What is exported and imported again is the same: export, import into an empty store and export once
/// more gives the same bytes, but for `recordedtime`. Values are therefore kept as they stand in the
/// line, byte for byte, wherever that is possible: the data, when it is JSON, and the values of
/// extensions.
///
/// # Attributes, in the order in which they are written
/// ```
/// specversion      "1.0"
/// id               the event's id. What is not a UUID in its 36 characters becomes the UUID of version 5
/// (RFC 9562)
///                  over ID_NAMESPACE and the UTF-8 of source, one zero byte, id; and is kept in the metadata
/// source           metadata; an event without one is written with DEFAULT_SOURCE, and that one is not kept
/// type             event type
/// subject          stream
/// time             occurred time, RFC 3339, microseconds; left out when there is none
/// datacontenttype  content type; application/json when left out
/// dataschema       metadata
/// tags             the tags, separated by commas; left out when there are none
/// encodedtags      instead of tags, where one holds a comma or begins or ends with white space: each
///                  percent-encoded (RFC 3986), separated by commas
/// …                extensions: metadata, in the order of the metadata
/// position, revision, recordedtime   written, not read
/// metadatabase64   metadata that is not of the form below, as it stands
/// data             JSON as it stands; text as a string when the content type is not JSON
/// data_base64      data that is neither
/// ```
/// # Metadata
/// One JSON object without white space: `id` (only when it is not a UUID), `source`, `dataschema`, then
/// the extensions in the order of the line, each as it stands there: a string, a number or a boolean.
/// Attributes that are `null` are left out. No attributes, no bytes. Metadata of any other form is
/// opaque and travels as `metadatabase64`.
public final class CloudEvents {

    /// The source that an event is written with when it has none.
    public static final String DEFAULT_SOURCE = "/everfold";

    /// Deepest nesting of a line, its own object counted; data that is nested deeper is written in base 64.
    public static final int DEPTH_MAX = 500;

    /// Most attributes of a line, extensions and data counted.
    public static final int ATTRIBUTES_MAX = 256;

    private CloudEvents() {}

    /// The event of one line; a line feed at its end is accepted.
    ///
    /// @throws CloudEventException when it is not a CloudEvent that can be stored
    public static NewEvent parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        CloudEventReader reader = new CloudEventReader();
        reader.begin(bytes, 0, bytes.length);
        return reader.read(0, bytes.length);
    }

    /// The line of one event, without a line feed.
    public static String format(RecordedEvent event) {
        return new CloudEventWriter().format(event);
    }

    /// Whether the bytes are one JSON value in UTF-8, nested no deeper than a line can carry.
    public static boolean isJson(byte[] bytes) {
        return new JsonValues().isJson(bytes);
    }
}
