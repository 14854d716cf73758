package dev.everfold.jdbc;

import dev.everfold.eventstore.Bytes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What parameters of statements become in a database, as [SqlModel] tells.
final class SqlValues {

    /// Of one length, so that as text they are in the order of time.
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private SqlValues() {}

    /// @return what is bound later; it shares nothing that may change with the parameter
    /// @throws IllegalArgumentException when it is of another type
    static @Nullable Object of(Dialect dialect, @Nullable Object parameter) {
        boolean isSqlite = dialect == Dialect.SQLITE;
        return switch (parameter) {
            case null -> null;
            case String text -> text;
            case Long number -> number;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Double number -> number;
            case Float number -> number.doubleValue();
            case Boolean bool -> isSqlite ? (Object) (bool ? 1L : 0L) : bool;
            case Enum<?> constant -> constant.name();
            case byte[] bytes -> bytes.clone();
            case Bytes bytes -> bytes.toArray();
            case UUID id -> isSqlite ? id.toString() : id;
            case LocalDate date -> isSqlite ? date.toString() : date;
            case Instant time -> {
                Instant micros = time.truncatedTo(ChronoUnit.MICROS);
                yield isSqlite ? MICROS.format(micros) : micros.atOffset(ZoneOffset.UTC);
            }
            default -> throw new IllegalArgumentException(unknown(parameter));
        };
    }

    private static String unknown(Object parameter) {
        return "A parameter is a " + parameter.getClass().getName() + "; expected null, a string, whole number, double,"
                + " boolean, enum, UUID, Instant, LocalDate or bytes. Pass it as one of these, and cast it in the"
                + " statement.";
    }

    /// @param before how many parameters of the statement come before these
    static void bind(PreparedStatement statement, int before, List<@Nullable Object> values) throws SQLException {
        int i = before - 1;
        for (@Nullable Object value : values) {
            i++;
            switch (value) {
                case null -> statement.setNull(i + 1, Types.NULL);
                case String text -> statement.setString(i + 1, text);
                case Long number -> statement.setLong(i + 1, number);
                case Double number -> statement.setDouble(i + 1, number);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case Object other -> statement.setObject(i + 1, other);
            }
        }
    }
}
