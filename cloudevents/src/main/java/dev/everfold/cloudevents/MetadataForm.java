package dev.everfold.cloudevents;

import dev.everfold.cloudevents.JsonObject.Kind;
import dev.everfold.eventstore.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/// Attributes as metadata of an event: one JSON object without white space, `id`, `source` and
/// `dataschema` first and in this order, then the extensions; see [CloudEvents].
///
/// Metadata is of this form exactly when its attributes, written into a line and read again, give the
/// same bytes. Everything else is opaque.
final class MetadataForm {

    /// A line holds these beside the attributes of the metadata, so that what is written can be read again.
    private static final int EXTENSIONS_MAX = CloudEvents.ATTRIBUTES_MAX - Attribute.values().length;

    private static final byte[] DEFAULT_SOURCE =
            ("\"" + CloudEvents.DEFAULT_SOURCE + "\"").getBytes(StandardCharsets.US_ASCII);

    private final JsonObject object = new JsonObject();
    private byte[] bytes = new byte[0];

    static boolean isDefaultSource(byte[] buffer, int from, int to) {
        return Arrays.equals(buffer, from, to, DEFAULT_SOURCE, 0, DEFAULT_SOURCE.length);
    }

    /// Puts metadata together; for one event after another.
    static final class Writer {

        private final ByteSink sink = new ByteSink();

        void begin() {
            sink.clear();
        }

        void put(String name, byte[] buffer, int from, int to) {
            sink.putAscii(sink.length() == 0 ? "{\"" : ",\"");
            sink.putAscii(name);
            sink.putAscii("\":");
            sink.put(buffer, from, to);
        }

        Bytes end() {
            if (sink.length() == 0) {
                return Bytes.empty();
            }
            sink.put('}');
            return Bytes.of(sink.toArray());
        }
    }

    /// Takes the metadata of an event apart; the other methods are about it then.
    ///
    /// @return whether it is of this form, so that its attributes can be written
    boolean read(byte[] metadata, UUID eventId) {
        bytes = metadata;
        if (metadata.length < 2 || metadata[0] != '{' || metadata[metadata.length - 1] != '}') {
            return false;
        }
        try {
            object.begin(metadata, 0, metadata.length);
            object.read(0, metadata.length);
        } catch (CloudEventException notJson) {
            return false;
        }
        return object.count() > 0
                && object.count() <= EXTENSIONS_MAX
                && isCompact()
                && membersAreAttributes()
                && membersHoldTogether(eventId);
    }

    int count() {
        return object.count();
    }

    /// Index of a member that stands before the extensions; empty when there is none.
    Optional<Integer> indexOf(String name) {
        for (int i = 0; i < Math.min(object.count(), 3); i++) {
            if (object.name(i).equals(name)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /// Index of the first member that is an extension.
    int extensionsFrom() {
        int index = 0;
        while (index < object.count() && rank(object.name(index)) < EXTENSION_RANK) {
            index++;
        }
        return index;
    }

    String name(int index) {
        return object.name(index);
    }

    void putValue(int index, ByteSink target) {
        target.put(bytes, object.start(index), object.end(index));
    }

    /// No white space and no escaped names: then names, values and what is between them are all there is.
    private boolean isCompact() {
        long length = 1;
        for (int i = 0; i < object.count(); i++) {
            length += object.name(i).length() + "\"\":,".length() + object.end(i) - object.start(i);
        }
        return length == bytes.length;
    }

    private boolean membersAreAttributes() {
        int lastRank = -1;
        for (int i = 0; i < object.count(); i++) {
            String name = object.name(i);
            int rank = rank(name);
            if (rank == NO_RANK || rank < lastRank || (rank == lastRank && rank < EXTENSION_RANK)) {
                return false;
            }
            if (rank < EXTENSION_RANK ? !isFilledText(i) : !object.kind(i).isScalar()) {
                return false;
            }
            for (int before = 0; before < i; before++) {
                if (object.name(before).equals(name)) {
                    return false;
                }
            }
            lastRank = rank;
        }
        return true;
    }

    private boolean membersHoldTogether(UUID eventId) {
        Optional<Integer> source = indexOf("source");
        if (source.isPresent() && isDefaultSource(bytes, object.start(source.get()), object.end(source.get()))) {
            return false;
        }
        Optional<Integer> id = indexOf("id");
        if (id.isEmpty()) {
            return true;
        }
        String text = object.text(id.get());
        String sourceText = source.map(object::text).orElse(CloudEvents.DEFAULT_SOURCE);
        try {
            return NameBasedId.parseUuid(text).isEmpty()
                    && NameBasedId.of(sourceText, text).equals(eventId);
        } catch (IllegalArgumentException unpairedSurrogate) {
            return false;
        }
    }

    private boolean isFilledText(int index) {
        return object.kind(index) == Kind.STRING && object.end(index) - object.start(index) > "\"\"".length();
    }

    private static final int NO_RANK = -1;
    private static final int EXTENSION_RANK = 3;

    private static int rank(String name) {
        return switch (name) {
            case "id" -> 0;
            case "source" -> 1;
            case "dataschema" -> 2;
            default -> Attribute.of(name).isEmpty() && Attribute.isExtensionName(name) ? EXTENSION_RANK : NO_RANK;
        };
    }
}
