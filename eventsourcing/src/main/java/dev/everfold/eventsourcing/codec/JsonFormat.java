package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.TypeFactory;

/// Events as JSON, by Jackson 3. Safe for use by many threads.
///
/// - The components of a record are its fields, in their order; methods beside them are not.
/// - A field of a sealed type has its case in `$case`, by [StoredName]; no class name gets into the data,
///   and none in the data is ever loaded.
/// - `Instant` and its kin are text in ISO 8601, `BigDecimal` is a number with all its digits, an enum
///   is its constant's name, an empty `Optional` is `null`.
/// - The keys of a map are text, numbers, enums, or what has a text of its own that it is made of again. Keys and
///   fields that would be written and not come back are refused when a codec is built; fields that may hold
///   anything, as `Object` and `Number`, too. A `JsonNode` holds any JSON, numbers with a point as decimal ones.
/// - A number has 20,000 digits at most; more are written, and not read.
/// - A field that a record does not know, and one that it misses, are errors: what changed without a
///   new version is found by the first read, not by a sum that is wrong. Only an `Optional` may be absent.
public final class JsonFormat implements PayloadFormat {

    /// What Jackson writes, it would not read again: a number of more than 1,000 digits, such as that of a key for
    /// RSA, and the key of a map of more than 50,000 characters. More digits take more than their share of time.
    private static final int NUMBER_DIGITS_MAX = 20_000;

    private static final int KEY_BYTES_MAX = 16 << 20;

    private static final JacksonModule KEYS = new SimpleModule("everfold-keys")
            .addKeyDeserializer(Locale.class, new LocaleKeys())
            .addKeySerializer(String.class, new TextKeys());
    private static final String NEGATIVE_ZERO = "-0.0";
    private static final JsonFormat STANDARD = new JsonFormat(builder().build());

    private final JsonMapper mapper;
    private final ConcurrentMap<Class<?>, ObjectReader> readers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Class<?>, ObjectWriter> writers = new ConcurrentHashMap<>();

    private JsonFormat(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /// The format as described above.
    public static JsonFormat standard() {
        return STANDARD;
    }

    /// The format with a mapper that the application changes, for example by a module for its own types.
    /// What it changes is part of the stored form from then on.
    public static JsonFormat with(UnaryOperator<JsonMapper.Builder> change) {
        return new JsonFormat(change.apply(builder()).build());
    }

    /// Strict where Jackson would rather read something than fail, and nothing that depends on a default which a
    /// release of Jackson could change.
    private static JsonMapper.Builder builder() {
        StreamReadConstraints readable = StreamReadConstraints.builder()
                .maxNumberLength(NUMBER_DIGITS_MAX)
                .maxNameLength(KEY_BYTES_MAX)
                .build();
        return JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(readable).build())
                .addModule(KEYS)
                .annotationIntrospector(new StoredNameIntrospector())
                .accessorNaming(new ComponentNaming())
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
                        DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                        DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    }

    @Override
    public String contentType() {
        return NewEvent.JSON;
    }

    @Override
    public void prepare(Class<?> type) {
        Shape.of(type);
        reader(type);
        ComesBack.require(type, new AskedOfMapper());
    }

    private final class AskedOfMapper implements ComesBack.Jackson {

        @Override
        public TypeFactory types() {
            return mapper.getTypeFactory();
        }

        @Override
        public boolean isReadable(JavaType type) {
            return JsonFormat.this.isReadable(type);
        }

        @Override
        public boolean isReadableAsKey(JavaType key) {
            return JsonFormat.this.isReadable(
                    types().constructMapType(Map.class, key, types().constructType(Object.class)));
        }

        @Override
        public boolean hasOwnKeys() {
            return mapper.registeredModules().stream().anyMatch(module -> !module.equals(KEYS));
        }

        @Override
        public boolean tellsClasses() {
            return mapper.deserializationConfig().getDefaultTyper(types().constructType(Object.class)) != null;
        }
    }

    /// Whether Jackson knows a way to make one, whatever data that takes. Of one that is made of
    /// nothing, all that is written must be read again.
    private boolean isReadable(JavaType type) {
        try {
            Object made = mapper.readerFor(type).readValue("{}");
            Object _ = mapper.readerFor(type).readValue(mapper.writeValueAsBytes(made));
            return true;
        } catch (InvalidDefinitionException | UnrecognizedPropertyException noWay) {
            return false;
        } catch (RuntimeException otherData) {
            return true;
        }
    }

    @Override
    public Bytes encode(Object event) {
        return Bytes.of(writer(event.getClass()).writeValueAsBytes(event));
    }

    @Override
    public <T> T decode(Bytes data, Class<T> type) {
        return type.cast(present(reader(type).readValue(data.toArray())));
    }

    @Override
    public ObjectNode readTree(Bytes data) {
        return present(mapper.readerFor(ObjectNode.class).readValue(parser(data.toArray())));
    }

    @Override
    public <T> T decode(ObjectNode tree, Class<T> type) {
        return type.cast(reader(type).readValue(tree));
    }

    /// A value as it stands in the tree of an event.
    JsonNode tree(Object value) {
        return mapper.readerFor(JsonNode.class).readValue(parser(mapper.writeValueAsBytes(value)));
    }

    /// Of numbers with a point, a tree holds the decimal number, so that no digit is lost. There is
    /// none that is zero and negative: what Java writes of a double that is, is to be held as a
    /// double. To Jackson, all that are no decimal numbers are "not a number".
    private JsonParser parser(byte[] json) {
        return new JsonParserDelegate(mapper.createParser(json)) {
            @Override
            public boolean isNaN() {
                return super.isNaN() || NEGATIVE_ZERO.equals(getString());
            }
        };
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("there is null in place of an object");
        }
        return value;
    }

    /// Knows its serializer, which the mapper would look up for each value.
    private ObjectWriter writer(Class<?> type) {
        ObjectWriter known = writers.get(type);
        return known != null ? known : writers.computeIfAbsent(type, mapper::writerFor);
    }

    private ObjectReader reader(Class<?> type) {
        ObjectReader known = readers.get(type);
        return known != null ? known : readers.computeIfAbsent(type, mapper::readerFor);
    }
}
