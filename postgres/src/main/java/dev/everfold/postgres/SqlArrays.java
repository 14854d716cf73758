package dev.everfold.postgres;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lists as arrays of the server's, and back.
///
/// @param statement whose parameters are set
record SqlArrays(PreparedStatement statement) {

    <T> void set(int index, String type, List<T> from, Function<T, @Nullable Object> value) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(from.size());
        from.forEach(one -> values.add(value.apply(one)));
        set(index, type, values);
    }

    /// Sets a parameter. A list without any value is sent as null, which costs next to nothing.
    void set(int index, String type, List<?> values) throws SQLException {
        if (values.stream().allMatch(Objects::isNull)) {
            setNull(index, type);
            return;
        }
        // The driver sends an array in binary form when it knows the class of its elements.
        @Nullable
        Object[] elements = switch (type) {
            case "text" -> values.toArray(new String[0]);
            case "int8" -> values.toArray(new Long[0]);
            case "int4" -> values.toArray(new Integer[0]);
            case "bool" -> values.toArray(new Boolean[0]);
            case "bytea" -> values.toArray(new byte[0][]);
            default -> values.toArray();
        };
        statement.setArray(index, statement.getConnection().createArrayOf(type, elements));
    }

    /// With its type: one that is null now and then is not to be prepared anew each time.
    private void setNull(int index, String type) throws SQLException {
        statement.setNull(index, Types.ARRAY, "_" + type);
    }

    /// An array of which every element is there.
    @SuppressWarnings("unchecked") // the driver makes arrays of the column's own class
    static <T> T[] present(ResultSet row, String column, T[] none) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? none : (T[]) array.getArray();
    }

    /// An array of numbers of which some may be missing.
    static @Nullable Long[] numbers(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? new Long[0] : (Long[]) array.getArray();
    }
}
