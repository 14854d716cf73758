package dev.everfold.cloudevents;

import dev.everfold.cloudevents.JsonObject.Kind;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Makes events of lines, one after another, with the same buffers; see [CloudEvents] for what maps to
/// what.
///
/// For one thread at a time. Nothing of it keeps the line: what goes into the event is copied.
public final class CloudEventReader {

    private static final int ABSENT = -1;

    private final JsonObject line = new JsonObject();
    private final int[] indexes = new int[Attribute.values().length];
    private final int[] extensions = new int[CloudEvents.ATTRIBUTES_MAX];
    private final MetadataForm.Writer metadata = new MetadataForm.Writer();
    private byte[] buffer = new byte[0];
    private int extensionCount;

    /// A reader with buffers of its own.
    public CloudEventReader() {}

    /// Announces the lines in [from, to) of the buffer, which must stay as it is until they have been
    /// read; to read many lines of one buffer is faster than one by one.
    public void begin(byte[] source, int from, int to) {
        buffer = source;
        line.begin(source, from, to);
    }

    /// The event of the line in [from, to) of the lines announced; white space around the object is
    /// accepted. Lines are read in the order in which they stand; some may be left out.
    ///
    /// @throws CloudEventException when it is not a CloudEvent that can be stored
    public NewEvent read(int from, int to) {
        line.read(from, to);
        findAttributes();
        requireVersion();
        String id = required(Attribute.ID, "what identifies the event");
        requireSource();
        Optional<UUID> uuid = NameBasedId.parseUuid(id);
        String contentType = optional(Attribute.DATACONTENTTYPE).orElse(NewEvent.JSON);
        try {
            return new NewEvent(
                    required(Attribute.SUBJECT, "the stream that the event belongs to"),
                    uuid.isPresent() ? uuid.get() : NameBasedId.of(text(Attribute.SOURCE), id),
                    required(Attribute.TYPE, "what happened"),
                    contentType,
                    data(contentType),
                    metadata(uuid.isPresent()),
                    tags(),
                    time(),
                    Optional.empty());
        } catch (IllegalArgumentException refused) {
            throw new CloudEventException(String.valueOf(refused.getMessage()), refused);
        }
    }

    private void findAttributes() {
        Arrays.fill(indexes, ABSENT);
        extensionCount = 0;
        for (int i = 0; i < line.count(); i++) {
            Optional<Attribute> known = Attribute.of(line.name(i));
            if (known.isPresent()) {
                int slot = known.get().slot();
                if (indexes[slot] != ABSENT) {
                    throw repeated(i);
                }
                indexes[slot] = i;
            } else {
                addExtension(i);
            }
        }
        // CloudEvents: an attribute that is null is not there. Data is no attribute; it may be the JSON
        // value null.
        for (Attribute attribute : Attribute.values()) {
            if (attribute != Attribute.DATA && isPresent(attribute) && kind(attribute) == Kind.NULL) {
                indexes[attribute.slot()] = ABSENT;
            }
        }
    }

    private void addExtension(int index) {
        String name = line.name(index);
        if (!Attribute.isExtensionName(name)) {
            throw new CloudEventException("\"" + name + "\" is not the name of an attribute; expected lower-case"
                    + " letters and digits only. Rename it, or put it into the data.");
        }
        for (int i = 0; i < extensionCount; i++) {
            if (line.name(extensions[i]).equals(name)) {
                throw repeated(index);
            }
        }
        Kind kind = line.kind(index);
        if (!kind.isScalar() && kind != Kind.NULL) {
            throw new CloudEventException("Attribute \"" + name + "\" is " + kind
                    + "; expected a string, a number or a boolean. Put it into the data.");
        }
        extensions[extensionCount++] = index;
    }

    private CloudEventException repeated(int index) {
        return new CloudEventException(
                "Attribute \"" + line.name(index) + "\" is there twice; expected it once. Remove one.");
    }

    private void requireVersion() {
        String version = required(Attribute.SPECVERSION, "\"1.0\"");
        if (!version.equals("1.0")) {
            throw new CloudEventException("Attribute \"specversion\" is \"" + version
                    + "\"; expected \"1.0\". Convert the event to CloudEvents 1.0.");
        }
    }

    /// Most lines keep their source as it stands, so it is not decoded here.
    private void requireSource() {
        if (!isPresent(Attribute.SOURCE)) {
            required(Attribute.SOURCE, "where the event comes from");
        }
        requireText(Attribute.SOURCE);
    }

    private Bytes data(String contentType) {
        boolean isJson = MediaType.isJson(contentType);
        boolean hasData = isPresent(Attribute.DATA) && (isJson || kind(Attribute.DATA) != Kind.NULL);
        if (isPresent(Attribute.DATA_BASE64)) {
            if (hasData) {
                throw new CloudEventException(
                        "Attributes \"data\" and \"data_base64\" are both there; expected one of them. Remove one.");
            }
            return base64(Attribute.DATA_BASE64);
        }
        if (!hasData) {
            return Bytes.empty();
        }
        if (isJson) {
            return slice(Attribute.DATA);
        }
        if (kind(Attribute.DATA) != Kind.STRING) {
            throw new CloudEventException("Attribute \"data\" is " + kind(Attribute.DATA) + "; expected a string, since"
                    + " the content type \"" + contentType + "\" is not JSON. Correct \"datacontenttype\" or the"
                    + " data.");
        }
        return Bytes.utf8(text(Attribute.DATA));
    }

    private Bytes metadata(boolean isUuid) {
        if (isPresent(Attribute.METADATABASE64)) {
            return opaqueMetadata(isUuid);
        }
        metadata.begin();
        if (!isUuid) {
            putMetadata("id", Attribute.ID);
        }
        if (!isDefaultSource()) {
            putMetadata("source", Attribute.SOURCE);
        }
        if (isPresent(Attribute.DATASCHEMA)) {
            requireText(Attribute.DATASCHEMA);
            putMetadata("dataschema", Attribute.DATASCHEMA);
        }
        for (int i = 0; i < extensionCount; i++) {
            int index = extensions[i];
            if (line.kind(index) != Kind.NULL) {
                metadata.put(line.name(index), buffer, line.start(index), line.end(index));
            }
        }
        return metadata.end();
    }

    private Bytes opaqueMetadata(boolean isUuid) {
        if (!isUuid) {
            throw metadataBeside("an \"id\" that is not a UUID");
        }
        if (!isDefaultSource()) {
            throw metadataBeside("a \"source\" other than \"" + CloudEvents.DEFAULT_SOURCE + "\"");
        }
        if (isPresent(Attribute.DATASCHEMA)) {
            throw metadataBeside("\"dataschema\"");
        }
        if (extensionCount > 0) {
            throw metadataBeside("\"" + line.name(extensions[0]) + "\"");
        }
        return base64(Attribute.METADATABASE64);
    }

    private static CloudEventException metadataBeside(String other) {
        return new CloudEventException("Attribute \"metadatabase64\" is there together with " + other
                + "; expected one or the other, since both are the metadata. Remove one.");
    }

    private List<String> tags() {
        if (isPresent(Attribute.ENCODEDTAGS)) {
            return encodedTags();
        }
        if (!isPresent(Attribute.TAGS)) {
            return List.of();
        }
        requireKind(Attribute.TAGS, Kind.STRING, "tags separated by commas");
        return TagList.parse(text(Attribute.TAGS));
    }

    private List<String> encodedTags() {
        if (isPresent(Attribute.TAGS)) {
            throw new CloudEventException(
                    "Attributes \"tags\" and \"encodedtags\" are both there; expected one of them. Remove one.");
        }
        requireKind(Attribute.ENCODEDTAGS, Kind.STRING, "percent-encoded tags separated by commas");
        try {
            return TagList.parseEncoded(text(Attribute.ENCODEDTAGS));
        } catch (IllegalArgumentException malformed) {
            throw new CloudEventException(
                    "Attribute \"encodedtags\" is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected two"
                            + " hexadecimal digits after each percent sign. Correct the line.",
                    malformed);
        }
    }

    private Optional<Instant> time() {
        Optional<String> text = optional(Attribute.TIME);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Rfc3339.parse(text.get()));
        } catch (DateTimeException malformed) {
            throw new CloudEventException(
                    "Attribute \"time\" is \"" + text.get()
                            + "\"; expected a time of RFC 3339 such as 2026-03-01T09:30:00Z. Correct the line.",
                    malformed);
        }
    }

    private Bytes base64(Attribute attribute) {
        requireKind(attribute, Kind.STRING, "a string in base 64");
        try {
            return Bytes.of(Base64.getDecoder().decode(text(attribute).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException malformed) {
            throw new CloudEventException(
                    "Attribute \"" + attribute.text() + "\" is not in base 64 (RFC 4648, section 4); expected whole"
                            + " groups of four characters. Correct the line.",
                    malformed);
        }
    }

    private String required(Attribute attribute, String meaning) {
        if (!isPresent(attribute)) {
            throw new CloudEventException(
                    "Attribute \"" + attribute.text() + "\" is missing; expected " + meaning + ". Add it.");
        }
        requireText(attribute);
        return text(attribute);
    }

    private Optional<String> optional(Attribute attribute) {
        if (!isPresent(attribute)) {
            return Optional.empty();
        }
        requireText(attribute);
        return Optional.of(text(attribute));
    }

    private void requireText(Attribute attribute) {
        requireKind(attribute, Kind.STRING, "a string");
        int index = indexes[attribute.slot()];
        if (line.end(index) - line.start(index) == "\"\"".length()) {
            throw new CloudEventException("Attribute \"" + attribute.text()
                    + "\" is empty; expected at least one character. Fill it in or leave it out.");
        }
    }

    private void requireKind(Attribute attribute, Kind expected, String meaning) {
        if (kind(attribute) != expected) {
            throw new CloudEventException("Attribute \"" + attribute.text() + "\" is " + kind(attribute) + "; expected "
                    + meaning + ". Correct the line.");
        }
    }

    private void putMetadata(String name, Attribute attribute) {
        int index = indexes[attribute.slot()];
        metadata.put(name, buffer, line.start(index), line.end(index));
    }

    private boolean isDefaultSource() {
        int index = indexes[Attribute.SOURCE.slot()];
        return MetadataForm.isDefaultSource(buffer, line.start(index), line.end(index));
    }

    private boolean isPresent(Attribute attribute) {
        return indexes[attribute.slot()] != ABSENT;
    }

    private Kind kind(Attribute attribute) {
        return line.kind(indexes[attribute.slot()]);
    }

    private String text(Attribute attribute) {
        return line.text(indexes[attribute.slot()]);
    }

    private Bytes slice(Attribute attribute) {
        int index = indexes[attribute.slot()];
        return Bytes.of(Arrays.copyOfRange(buffer, line.start(index), line.end(index)));
    }
}
