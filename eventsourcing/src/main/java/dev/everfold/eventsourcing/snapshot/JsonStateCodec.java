package dev.everfold.eventsourcing.snapshot;

import dev.everfold.eventsourcing.codec.JsonFormat;
import dev.everfold.eventstore.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// States as JSON: that of the record, or `["name of its class",{…}]` where the state may be of several.
///
/// A class name in the bytes is looked up among the cases that are known, and never loaded.
final class JsonStateCodec<S> implements StateCodec<S> {

    private static final String CASE_BEGIN = "[\"";
    private static final String CASE_END = "\",";
    private static final byte ARRAY_END = ']';

    private final Class<S> state;
    private final Map<String, Class<?>> cases;
    private final int schemaVersion;

    private JsonStateCodec(Class<S> state, Map<String, Class<?>> cases) {
        this.state = state;
        this.cases = cases;
        this.schemaVersion = StateShape.fingerprint(state);
    }

    static <S> JsonStateCodec<S> of(Class<S> state) {
        Map<String, Class<?>> cases = new HashMap<>();
        addCases(state, cases);
        for (Class<?> each : cases.values()) {
            requireReadable(each);
            JsonFormat.standard().prepare(each);
        }
        return new JsonStateCodec<>(state, cases);
    }

    private static void requireReadable(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getTypeName() + " is not a record, so it cannot be stored as JSON"
                    + " here. Make it a record, or a sealed interface of records.");
        }
        if (type.getTypeParameters().length > 0) {
            throw new IllegalArgumentException(type.getTypeName()
                    + " has type parameters, so the types of its fields are unknown when it is read."
                    + " Spell out the types in the record.");
        }
    }

    private static void addCases(Class<?> type, Map<String, Class<?>> cases) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                addCases(permitted, cases);
            }
        } else {
            cases.put(type.getName(), type);
        }
    }

    @Override
    public int schemaVersion() {
        return schemaVersion;
    }

    @Override
    public Bytes encode(S value) {
        Bytes json = JsonFormat.standard().encode(value);
        return state.isSealed() ? named(value.getClass().getName(), json) : json;
    }

    @Override
    public S decode(Bytes bytes) {
        if (!state.isSealed()) {
            return JsonFormat.standard().decode(bytes, state);
        }
        String text = bytes.utf8();
        int end = text.indexOf(CASE_END);
        Class<?> found = end < 0 ? null : cases.get(text.substring(CASE_BEGIN.length(), end));
        if (found == null) {
            throw new IllegalArgumentException("A snapshot does not name a case of " + state.getTypeName()
                    + "; expected one of " + cases.keySet() + ". Delete the snapshot.");
        }
        String json = text.substring(end + CASE_END.length(), text.length() - 1);
        return state.cast(JsonFormat.standard().decode(Bytes.utf8(json), found));
    }

    private static Bytes named(String name, Bytes json) {
        byte[] prefix = (CASE_BEGIN + name + CASE_END).getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[prefix.length + json.length() + 1];
        System.arraycopy(prefix, 0, all, 0, prefix.length);
        json.copyTo(all, prefix.length);
        all[all.length - 1] = ARRAY_END;
        return Bytes.of(all);
    }
}
