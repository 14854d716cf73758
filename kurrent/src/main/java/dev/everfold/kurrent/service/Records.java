package dev.everfold.kurrent.service;

import com.google.protobuf.Value;
import com.google.re2j.Pattern;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Records of version 2 as events: the name of the schema is the type, the properties are the metadata, as JSON.
final class Records {

    private static final Pattern SCHEMA_NAME = Pattern.compile("[\\p{L}\\p{N}_.$:-]+");
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String JSON = "Json";
    private static final double EXACT_INTEGERS = 0x1p53;

    private Records() {}

    /// The event of a record.
    ///
    /// @throws IllegalArgumentException when the id or the schema is wrong
    /// @throws io.grpc.StatusRuntimeException when it is too large
    static NewEvent decode(String stream, StreamsV2Wire.AppendRecord record, Limits limits) {
        StreamsV2Wire.SchemaInfo schema = record.getSchema();
        if (!SCHEMA_NAME.matches(schema.getName())) {
            throw new IllegalArgumentException("The schema of a record is named \"" + schema.getName()
                    + "\"; expected letters, digits and any of _ . $ : -");
        }
        NewEvent event = new NewEvent(
                stream,
                id(record),
                schema.getName(),
                format(schema).equals(JSON) ? NewEvent.JSON : NewEvent.BINARY,
                WireEvents.bytes(record.getData()),
                metadata(record),
                List.of(),
                Optional.empty(),
                Optional.empty());
        requireSize(event, limits);
        return event;
    }

    private static UUID id(StreamsV2Wire.AppendRecord record) {
        return record.hasRecordId() ? WireEvents.uuid(record.getRecordId()) : UUID.randomUUID();
    }

    /// As clients find it in the metadata.
    private static String format(StreamsV2Wire.SchemaInfo schema) {
        return switch (schema.getFormat()) {
            case SCHEMA_FORMAT_JSON -> JSON;
            case SCHEMA_FORMAT_PROTOBUF -> "Protobuf";
            case SCHEMA_FORMAT_AVRO -> "Avro";
            case SCHEMA_FORMAT_BYTES -> "Bytes";
            case SCHEMA_FORMAT_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("The format of the schema \"" + schema.getName()
                        + "\" is missing; expected JSON, Protobuf, Avro or bytes.");
        };
    }

    private static Bytes metadata(StreamsV2Wire.AppendRecord record) {
        ObjectNode metadata = NODES.objectNode();
        for (Map.Entry<String, Value> property : record.getPropertiesMap().entrySet()) {
            metadata.set(property.getKey(), json(property.getValue()));
        }
        StreamsV2Wire.SchemaInfo schema = record.getSchema();
        metadata.put("$schema.format", format(schema));
        metadata.put("$schema.name", schema.getName());
        if (schema.hasId()) {
            metadata.put("$schema.id", schema.getId());
        }
        return Bytes.of(MAPPER.writeValueAsBytes(metadata));
    }

    private static JsonNode json(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
            case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
            case STRING_VALUE -> NODES.stringNode(value.getStringValue());
            case NUMBER_VALUE -> {
                double number = value.getNumberValue();
                boolean isInteger = Math.rint(number) == number && Math.abs(number) <= EXACT_INTEGERS;
                yield isInteger ? NODES.numberNode((long) number) : NODES.numberNode(number);
            }
            case STRUCT_VALUE -> {
                ObjectNode object = NODES.objectNode();
                value.getStructValue().getFieldsMap().forEach((name, field) -> object.set(name, json(field)));
                yield object;
            }
            case LIST_VALUE -> {
                ArrayNode array = NODES.arrayNode();
                value.getListValue().getValuesList().forEach(element -> array.add(json(element)));
                yield array;
            }
        };
    }

    private static void requireSize(NewEvent event, Limits limits) {
        int bytes = EventFormat.encodedBytes(event);
        if (bytes > limits.eventBytesMax()) {
            throw RefusalsV2.of(
                    Status.Code.INVALID_ARGUMENT,
                    "APPEND_RECORD_SIZE_EXCEEDED",
                    "The record " + event.id() + " has " + bytes + " bytes; the limit is " + limits.eventBytesMax()
                            + ". Store large data elsewhere and append a link.",
                    ErrorsV2Wire.AppendRecordSizeExceededErrorDetails.newBuilder()
                            .setStream(event.stream())
                            .setRecordId(event.id().toString())
                            .setSize(bytes)
                            .setMaxSize(limits.eventBytesMax())
                            .build());
        }
    }
}
