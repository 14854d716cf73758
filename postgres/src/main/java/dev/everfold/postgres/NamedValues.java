package dev.everfold.postgres;

import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values for the parameters of a [NamedSql], each with its type, also when it is null: the driver would ask for that
/// first, and then end the transaction between two statements.
final class NamedValues {

    private final Map<String, NamedSql.Value> values = new HashMap<>();

    NamedValues put(String name, long value) {
        return set(name, (to, index) -> to.setLong(index, value));
    }

    NamedValues put(String name, boolean value) {
        return set(name, (to, index) -> to.setBoolean(index, value));
    }

    NamedValues put(String name, @Nullable Long value) {
        return set(name, (to, index) -> to.setObject(index, value, Types.BIGINT));
    }

    NamedValues put(String name, @Nullable String value) {
        return set(name, (to, index) -> to.setString(index, value));
    }

    NamedValues put(String name, byte @Nullable [] value) {
        return set(name, (to, index) -> to.setBytes(index, value));
    }

    NamedValues put(String name, @Nullable UUID value) {
        return set(name, (to, index) -> {
            if (value == null) {
                to.setNull(index, Types.OTHER, "uuid");
            } else {
                to.setObject(index, value);
            }
        });
    }

    /// A list as an array of the server's.
    NamedValues array(String name, String type, List<?> list) {
        return set(name, (to, index) -> new SqlArrays(to).set(index, type, list));
    }

    <T> NamedValues array(String name, String type, List<T> from, Function<T, @Nullable Object> value) {
        return set(name, (to, index) -> new SqlArrays(to).set(index, type, from, value));
    }

    private NamedValues set(String name, NamedSql.Value value) {
        values.put(name, value);
        return this;
    }

    NamedSql.Value get(String name) {
        NamedSql.Value value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("The statement has a parameter " + name + " without a value.");
        }
        return value;
    }
}
