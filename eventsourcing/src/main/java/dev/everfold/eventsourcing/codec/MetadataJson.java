package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The stored form of [EventMetadata]: one JSON object without white space.
///
/// ```
/// {"$version":2,"$correlation":"…","$causation":"…","$actor":"…","$reason":"…","$command":"…",
///  "$compensates":"…", and then what the application added, by key}
/// ```
///
/// What is absent is left out, and so is version 1. Keys of ours that this release does not know are
/// passed over, so that a newer one can add some.
final class MetadataJson {

    private static final String VERSION = "$version";
    private static final String CORRELATION = "$correlation";
    private static final String CAUSATION = "$causation";
    private static final String ACTOR = "$actor";
    private static final String REASON = "$reason";
    private static final String COMMAND = "$command";
    private static final String COMPENSATES = "$compensates";

    private static final byte[] VERSION_KEY = "\"$version\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION_FIRST = "{\"$version\":".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_DIGITS_MAX = 9;

    private static final JsonFactory FACTORY = new JsonFactory();

    private MetadataJson() {}

    static Bytes encode(EventMetadata metadata) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(128);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), target)) {
            json.writeStartObject();
            if (metadata.version() != 1) {
                json.writeNumberProperty(VERSION, metadata.version());
            }
            write(json, CORRELATION, metadata.correlation());
            write(json, CAUSATION, metadata.causation());
            write(json, ACTOR, metadata.actor());
            write(json, REASON, metadata.reason());
            write(json, COMMAND, metadata.command());
            write(json, COMPENSATES, metadata.compensates());
            metadata.other().forEach(json::writeStringProperty);
            json.writeEndObject();
        }
        return Bytes.of(target.toByteArray());
    }

    private static void write(JsonGenerator json, String key, Optional<?> value) {
        value.ifPresent(given -> json.writeStringProperty(key, given.toString()));
    }

    /// @throws IllegalArgumentException when a key of ours has a value that cannot be ours
    static EventMetadata parse(Bytes bytes) {
        Map<String, String> ours = new TreeMap<>();
        Map<String, String> other = new TreeMap<>();
        byte[] source = bytes.toArray();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), source)) {
            // A parser of UTF-16 or UTF-32 does not know the bytes of what it reads; ours are UTF-8.
            if (json.nextToken() != JsonToken.START_OBJECT
                    || json.currentTokenLocation().getByteOffset() < 0) {
                return EventMetadata.none();
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                if (key.startsWith("$")) {
                    ours.put(key, text(json, source));
                } else {
                    other.put(key, text(json, source));
                }
            }
            if (json.nextToken() != null) {
                return EventMetadata.none();
            }
        } catch (JacksonException opaque) {
            return EventMetadata.none();
        }
        return new EventMetadata(
                version(ours.get(VERSION)),
                id(ours, CORRELATION),
                id(ours, CAUSATION),
                Optional.ofNullable(ours.get(ACTOR)),
                Optional.ofNullable(ours.get(REASON)),
                id(ours, COMMAND),
                id(ours, COMPENSATES),
                other);
    }

    /// The version alone, without reading more than is needed: 1 when the bytes do not name one.
    ///
    /// @throws IllegalArgumentException when it is not a number from 1 to 999,999,999
    static int version(Bytes bytes) {
        int length = bytes.length();
        if (length < VERSION_FIRST.length) {
            return 1;
        }
        return isAt(VERSION_FIRST, bytes, 0)
                ? leadingVersion(bytes)
                : contains(VERSION_KEY, bytes) ? parse(bytes).version() : 1;
    }

    private static int leadingVersion(Bytes bytes) {
        int version = 0;
        int at = VERSION_FIRST.length;
        while (at < bytes.length() && at < VERSION_FIRST.length + VERSION_DIGITS_MAX && isDigit(bytes.at(at))) {
            version = version * 10 + bytes.at(at) - '0';
            at++;
        }
        boolean ends = at < bytes.length() && (bytes.at(at) == ',' || bytes.at(at) == '}');
        return ends && version > 0 ? version : parse(bytes).version();
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean contains(byte[] key, Bytes bytes) {
        for (int at = 1; at <= bytes.length() - key.length; at++) {
            if (bytes.at(at) == key[0] && isAt(key, bytes, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] key, Bytes bytes, int at) {
        for (int i = 0; i < key.length; i++) {
            if (bytes.at(at + i) != key[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(JsonParser json, byte[] source) {
        if (json.currentToken().isScalarValue()) {
            return json.getString();
        }
        int from = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        int to = (int) json.currentLocation().getByteOffset();
        return new String(Arrays.copyOfRange(source, from, to), StandardCharsets.UTF_8);
    }

    private static int version(@Nullable String text) {
        if (text == null) {
            return 1;
        }
        if (text.isEmpty()
                || text.length() > VERSION_DIGITS_MAX
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')
                || text.startsWith("0")) {
            throw new IllegalArgumentException(
                    "\"" + VERSION + "\" is \"" + text + "\"; expected a whole number from 1 on");
        }
        return Integer.parseInt(text);
    }

    private static Optional<UUID> id(Map<String, String> ours, String key) {
        String text = ours.get(key);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException notAnId) {
            throw new IllegalArgumentException("\"" + key + "\" is \"" + text + "\"; expected a UUID", notAnId);
        }
    }
}
