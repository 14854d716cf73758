package dev.everfold.cloudevents;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Where the members of one JSON object stand in its bytes, so that values can be taken as they are.
/// Used again for one object after another; for one thread.
///
/// Jackson checks the grammar; strings are decoded only when they are asked for.
final class JsonObject {

    /// What a member's value is.
    enum Kind {
        STRING("a string"),
        NUMBER("a number"),
        BOOLEAN("a boolean"),
        NULL("null"),
        OBJECT("an object"),
        ARRAY("an array");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }

        boolean isScalar() {
            return this == STRING || this == NUMBER || this == BOOLEAN;
        }
    }

    private static final String ADVICE = "expected one CloudEvent as one JSON object. Correct the line.";

    private final JsonFactory factory = JsonValues.factory(CloudEvents.DEPTH_MAX);
    private final String[] names = new String[CloudEvents.ATTRIBUTES_MAX];
    private final Kind[] kinds = new Kind[CloudEvents.ATTRIBUTES_MAX];
    private final int[] starts = new int[CloudEvents.ATTRIBUTES_MAX];
    private final int[] ends = new int[CloudEvents.ATTRIBUTES_MAX];
    private int count;

    // To make a parser costs as much as to parse a line, so one parser goes through all lines of a chunk.
    private byte[] buffer = new byte[0];
    private int chunkTo;
    private @Nullable JsonParser chunkParser;
    private int parserFrom;

    /// Announces a chunk of lines; [#read] is about lines of it from now on. The buffer must stay as it is.
    void begin(byte[] source, int from, int to) {
        Objects.checkFromToIndex(from, to, source.length);
        closeParser();
        buffer = source;
        chunkTo = to;
    }

    /// Finds the members of the object in [from, to) of the chunk. Lines are read in the order in which
    /// they stand.
    ///
    /// @throws CloudEventException when it is not one JSON object in UTF-8 or has too many members
    void read(int from, int to) {
        if (!Utf8.isValid(buffer, from, to)) {
            throw new CloudEventException("The line is not valid UTF-8; " + ADVICE);
        }
        int start = requireObject(from, to);
        if (to < chunkTo) {
            try {
                find(parserAt(start), to);
                return;
            } catch (JacksonException | CloudEventException refused) {
                // What is wrong may be wrong with the next line; alone, the line says what is wrong with it.
                closeParser();
            }
        }
        readAlone(from, start, to);
    }

    private void readAlone(int from, int start, int to) {
        closeParser();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), buffer, start, to - start)) {
            parserFrom = start;
            parser.nextToken();
            find(parser, to);
        } catch (StreamConstraintsException tooLarge) {
            throw new CloudEventException(
                    "The JSON is nested deeper than " + CloudEvents.DEPTH_MAX
                            + " levels, or a number or name in it is too long; expected plainer JSON. Store large data"
                            + " elsewhere and append a link.",
                    tooLarge);
        } catch (JacksonException malformed) {
            int column = start - from + malformed.getLocation().getColumnNr();
            throw new CloudEventException("Not valid JSON near column " + column + "; " + ADVICE, malformed);
        }
    }

    /// The parser of the chunk, at the beginning of the object that stands at `start`.
    private JsonParser parserAt(int start) {
        JsonParser parser = chunkParser;
        if (parser != null && parser.nextToken() != null && tokenStart(parser) == start) {
            return parser;
        }
        closeParser();
        parser = factory.createParser(ObjectReadContext.empty(), buffer, start, chunkTo - start);
        chunkParser = parser;
        parserFrom = start;
        parser.nextToken();
        return parser;
    }

    private void find(JsonParser parser, int to) {
        count = 0;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            add(name, parser, to);
        }
        int end = parserFrom + (int) parser.currentLocation().getByteOffset();
        if (parser.currentToken() != JsonToken.END_OBJECT || end > to) {
            throw new CloudEventException("The JSON object does not end on the line; " + ADVICE);
        }
        for (int at = end; at < to; at++) {
            if (!JsonValues.isWhiteSpace(buffer[at])) {
                throw new CloudEventException("More follows after the JSON object; " + ADVICE);
            }
        }
    }

    private void closeParser() {
        if (chunkParser != null) {
            chunkParser.close();
            chunkParser = null;
        }
    }

    private int tokenStart(JsonParser parser) {
        return parserFrom + (int) parser.currentTokenLocation().getByteOffset();
    }

    int count() {
        return count;
    }

    String name(int index) {
        return names[index];
    }

    Kind kind(int index) {
        return kinds[index];
    }

    /// Where the value begins in the buffer.
    int start(int index) {
        return starts[index];
    }

    /// Where the value ends in the buffer, exclusive.
    int end(int index) {
        return ends[index];
    }

    /// The text of a string value.
    String text(int index) {
        int from = starts[index] + 1;
        int to = ends[index] - 1;
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\\') {
                return unescaped(starts[index], ends[index]);
            }
        }
        return new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }

    private int requireObject(int from, int to) {
        int at = from;
        while (at < to && JsonValues.isWhiteSpace(buffer[at])) {
            at++;
        }
        // A zero would make Jackson guess UTF-16.
        if (at == to || buffer[at] != '{' || (at + 1 < to && buffer[at + 1] == 0)) {
            throw new CloudEventException("The line does not begin with a JSON object; " + ADVICE);
        }
        return at;
    }

    private void add(String name, JsonParser parser, int to) {
        if (count == names.length) {
            throw new CloudEventException("The line has more than " + CloudEvents.ATTRIBUTES_MAX
                    + " attributes; expected fewer. Put what belongs to the event into its data.");
        }
        JsonToken token = parser.nextToken();
        Kind kind = kind(token);
        int start = tokenStart(parser);
        names[count] = name;
        kinds[count] = kind;
        starts[count] = start;
        ends[count] = switch (kind) {
            case STRING -> stringEnd(start, to);
            case NUMBER, BOOLEAN, NULL -> literalEnd(start, to);
            case OBJECT, ARRAY -> {
                parser.skipChildren();
                yield parserFrom + (int) parser.currentLocation().getByteOffset();
            }
        };
        count++;
    }

    private static Kind kind(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> Kind.STRING;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
            case VALUE_NULL -> Kind.NULL;
            case START_OBJECT -> Kind.OBJECT;
            case START_ARRAY -> Kind.ARRAY;
            default -> throw new IllegalStateException("JSON token " + token + " is not the begin of a value.");
        };
    }

    /// An unterminated string ends with the line here; the parser refuses it with its next step.
    private int stringEnd(int start, int to) {
        int at = start + 1;
        while (at < to && buffer[at] != '"') {
            at += buffer[at] == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, to);
    }

    private int literalEnd(int start, int to) {
        int at = start;
        while (at < to && buffer[at] != ',' && buffer[at] != '}' && !JsonValues.isWhiteSpace(buffer[at])) {
            at++;
        }
        return at;
    }

    private String unescaped(int start, int end) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), buffer, start, end - start)) {
            parser.nextToken();
            return parser.getString();
        }
    }
}
