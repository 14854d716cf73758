package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a parameter of each type is in a table, as the documentation of [SqlModel] says.
@Timeout(120)
@ParameterizedClass
@EnumSource
class SqlValuesTest {

    private static final UUID ID = UUID.fromString("0193b6a8-7c4e-7000-8000-0123456789ab");

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);

    SqlValuesTest(TestDatabase kind) {
        this.kind = kind;
    }

    private enum Colour {
        RED
    }

    /// @param parameter as it is given
    /// @param postgres type of the column, and what is read there
    /// @param sqlite type of the column, and what is read there
    private record Value(Object parameter, Column postgres, Column sqlite) {}

    private record Column(String type, Object value) {}

    private static Value same(Object parameter, String postgres, String sqlite) {
        return new Value(parameter, new Column(postgres, parameter), new Column(sqlite, parameter));
    }

    private static Value number(Object parameter, long value) {
        return new Value(parameter, new Column("bigint", value), new Column("integer", value));
    }

    private static final List<Value> VALUES = List.of(
            same("", "text", "text"),
            same("O'Neill ? {vals} \\ ü \uD83D\uDE00\n", "text", "text"),
            new Value(Colour.RED, new Column("text", "RED"), new Column("text", "RED")),
            number((byte) -128, -128),
            number((short) 32_767, 32_767),
            number(Integer.MIN_VALUE, Integer.MIN_VALUE),
            number(Long.MIN_VALUE, Long.MIN_VALUE),
            number(Long.MAX_VALUE, Long.MAX_VALUE),
            new Value(0.5f, new Column("double precision", 0.5), new Column("real", 0.5)),
            same(0.1 + 0.2, "double precision", "real"),
            same(Double.MIN_VALUE, "double precision", "real"),
            same(-Double.MAX_VALUE, "double precision", "real"),
            new Value(true, new Column("boolean", true), new Column("integer", 1L)),
            new Value(false, new Column("boolean", false), new Column("integer", 0L)),
            new Value(
                    Instant.parse("2026-11-25T12:00:00.123456789Z"),
                    new Column("timestamptz", OffsetDateTime.parse("2026-11-25T12:00:00.123456Z")),
                    new Column("text", "2026-11-25T12:00:00.123456Z")),
            new Value(
                    Instant.parse("1969-12-31T23:59:59Z"),
                    new Column("timestamptz", OffsetDateTime.parse("1969-12-31T23:59:59Z")),
                    new Column("text", "1969-12-31T23:59:59.000000Z")),
            new Value(
                    LocalDate.parse("2024-02-29"),
                    new Column("date", LocalDate.parse("2024-02-29")),
                    new Column("text", "2024-02-29")),
            new Value(ID, new Column("uuid", ID), new Column("text", ID.toString())),
            same(new byte[] {0, -1, 39, 0}, "bytea", "blob"),
            same(new byte[0], "bytea", "blob"),
            new Value(
                    Bytes.utf8("ü"),
                    new Column("bytea", new byte[] {(byte) 0xC3, (byte) 0xBC}),
                    new Column("blob", new byte[] {(byte) 0xC3, (byte) 0xBC})));

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    private boolean isPostgres() {
        return kind == TestDatabase.POSTGRESQL_15 || kind == TestDatabase.POSTGRESQL_18;
    }

    private Column column(Value value) {
        return isPostgres() ? value.postgres() : value.sqlite();
    }

    private String schema() {
        List<String> columns = new ArrayList<>(List.of("id bigint primary key"));
        for (int i = 0; i < VALUES.size(); i++) {
            columns.add("v" + i + " " + column(VALUES.get(i)).type());
        }
        return "create table {vals} (" + String.join(", ", columns) + ")";
    }

    private static String insert() {
        return "insert into {vals} values (?, " + VALUES.stream().map(_ -> "?").collect(Collectors.joining(", ")) + ")";
    }

    private static Object[] row(long id, boolean isNull) {
        Object[] parameters = new Object[VALUES.size() + 1];
        parameters[0] = id;
        for (int i = 0; i < VALUES.size(); i++) {
            parameters[i + 1] = isNull ? null : VALUES.get(i).parameter();
        }
        return parameters;
    }

    private RunningProjection<?> start(DataSource database, Projection<SqlModel> projection) {
        return everfold.start(projection.options(Accounts.OPTIONS), JdbcReadModel.on(database, schema()));
    }

    @Test
    void a_parameter_of_each_type_is_read_as_it_was_given_and_so_is_null() throws Exception {
        DataSource database = kind.emptyDatabase(folder);
        store.append(Append.of(NewEvent.of("values-1", "written", "{}")));
        Projection<SqlModel> projection = Projection.raw("vals", Query.all(), (model, _) -> {
            model.update(insert(), row(1, false));
            model.update(insert(), row(2, true));
        });

        assertThat(start(database, projection).awaitCaughtUp(SOON)).isTrue();

        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from vals order by id")) {
            assertThat(rows.next()).isTrue();
            for (int i = 0; i < VALUES.size(); i++) {
                Object expected = column(VALUES.get(i)).value();
                assertThat(read(rows, i + 2, expected)).as("value %d", i).isEqualTo(expected);
            }
            assertThat(rows.next()).isTrue();
            for (int i = 0; i < VALUES.size(); i++) {
                assertThat(rows.getObject(i + 2)).as("null %d", i).isNull();
            }
            assertThat(rows.next()).isFalse();
        }
    }

    private static Object read(ResultSet rows, int column, Object expected) throws SQLException {
        return switch (expected) {
            case byte[] _ -> rows.getBytes(column);
            case Long _ -> rows.getLong(column);
            case Double _ -> rows.getDouble(column);
            case String _ -> rows.getString(column);
            default -> rows.getObject(column, expected.getClass());
        };
    }

    @Test
    void a_handler_finds_what_it_has_written_by_the_same_parameters() throws Exception {
        DataSource database = kind.emptyDatabase(folder);
        store.append(Append.of(NewEvent.of("values-1", "written", "{}")));
        String where = "select id from {vals} where id = ? and "
                + Arrays.stream(columns()).map(name -> name + " = ?").collect(Collectors.joining(" and "));
        List<Long> found = new ArrayList<>();
        Projection<SqlModel> projection = Projection.raw("vals", Query.all(), (model, _) -> {
            model.update(insert(), row(1, false));
            found.clear();
            found.addAll(model.query(where, row -> row.getLong(1), row(1, false)));
        });

        assertThat(start(database, projection).awaitCaughtUp(SOON)).isTrue();

        assertThat(found).containsExactly(1L);
    }

    private static String[] columns() {
        String[] columns = new String[VALUES.size()];
        Arrays.setAll(columns, i -> "v" + i);
        return columns;
    }

    @Test
    void a_parameter_of_another_type_is_refused_by_name() throws Exception {
        store.append(Append.of(NewEvent.of("values-1", "written", "{}")));
        Projection<SqlModel> projection =
                Projection.raw("vals", Query.all(), (model, _) -> model.update(insert(), List.of(1)));

        RunningProjection<?> running = start(kind.emptyDatabase(folder), projection);

        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(running.status().state()).isNotEqualTo(ConsumerState.FAILED);
        assertThat(running.parked().getFirst().failure())
                .contains("IllegalArgumentException: A parameter is a java.util.ImmutableCollections$List12; expected"
                        + " null, a string, whole number, double, boolean, enum, UUID, Instant, LocalDate or bytes."
                        + " Pass it as one of these, and cast it in the statement.");
    }
}
