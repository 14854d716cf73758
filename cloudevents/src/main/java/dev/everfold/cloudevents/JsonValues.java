package dev.everfold.cloudevents;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/// Checks whether bytes are JSON that can stand inside a line. For one thread.
final class JsonValues {

    /// First of the three bytes in UTF-8; no JSON value begins with it.
    private static final byte BYTE_ORDER_MARK = (byte) 0xef;

    /// A line's own object takes one level of its nesting.
    private final JsonFactory factory = factory(CloudEvents.DEPTH_MAX - 1);

    /// One buffer is kept from line to line, since there is one line at a time.
    static JsonFactory factory(int depthMax) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depthMax)
                        .build())
                .recyclerPool(JsonRecyclerPools.newBoundedPool(1))
                .build();
    }

    /// Whether the bytes are one JSON value in UTF-8, nested no deeper than a line can carry.
    boolean isJson(byte[] bytes) {
        // Jackson guesses UTF-16 and UTF-32 from zeros at the beginning and passes over a byte order mark; JSON has
        // none.
        if (bytes.length == 0
                || hasZero(bytes)
                || bytes[0] == BYTE_ORDER_MARK
                || !Utf8.isValid(bytes, 0, bytes.length)) {
            return false;
        }
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JacksonException malformed) {
            return false;
        }
    }

    /// Whether the bytes are JSON that can stand in a line as it is and comes back as it is.
    boolean isEmbeddable(byte[] bytes) {
        if (bytes.length == 0 || isWhiteSpace(bytes[0]) || isWhiteSpace(bytes[bytes.length - 1])) {
            return false;
        }
        for (byte b : bytes) {
            if (b == '\n' || b == '\r') { // both end a line of server-sent events
                return false;
            }
        }
        return isJson(bytes);
    }

    static boolean isWhiteSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static boolean hasZero(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, 4); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
