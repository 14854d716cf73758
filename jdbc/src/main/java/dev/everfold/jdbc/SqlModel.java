package dev.everfold.jdbc;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// How the handler of a projection changes a read model in SQL. For one thread, within the call of the handler.
///
/// Statements name the tables of the schema in braces, `{balances}`: in each build that is another one. They wait
/// until the step ends, or until something is asked: then equal ones are executed together, those of one key
/// ([dev.everfold.eventsourcing.projection.Projection#sequencedBy]) in their order. So a statement that fails does so
/// later than it was given, and fails the whole step, which is then done again in smaller parts until the event is
/// found.
///
/// PostgreSQL is given insertions of one row each as statements of many rows, where no two of them have one key. Its
/// driver's `reWriteBatchedInserts=true` adds little to that, and with it an insert with `on conflict` that names a row
/// twice in a step fails once; the step is tried again, and its rows are sent one by one as long as the claim lasts. So
/// leave it out.
///
/// What parameters become:
///
/// | parameter | PostgreSQL | SQLite |
/// | --- | --- | --- |
/// | `null` | null | null |
/// | `String`, an enum's name | text | text |
/// | `byte`, `short`, `int`, `long` | bigint | integer |
/// | `float`, `double` | double precision | real |
/// | `boolean` | boolean | integer, 1 or 0 |
/// | `Instant`, cut to microseconds | timestamptz | text, `2026-11-25T12:00:00.000000Z` |
/// | `LocalDate` | date | text, `2026-11-25` |
/// | `UUID` | uuid | text |
/// | `byte[]`, [dev.everfold.eventstore.Bytes] | bytea | blob |
///
/// Anything else is passed as a string and cast in the statement: `cast(? as jsonb)`.
public final class SqlModel {

    /// Statements that wait at most; then they are executed.
    static final int STATEMENTS_MAX = 10_000;

    /// Rows that a query may find: 100,000.
    public static final int ROWS_MAX = 100_000;

    private final StepConnection connection;
    private final StatementRunner runner;
    private final Dialect dialect;
    private final UnaryOperator<String> names;
    private final StepWriter.Work begin;
    private final String where;
    private final StatementGroups waiting = new StatementGroups();

    private String key = "";
    private @Nullable RuntimeException failure;

    /// @param names puts the build's names in place of those in braces
    /// @param begin begins the transaction unless it has begun
    SqlModel(
            StepConnection connection,
            StatementRunner runner,
            Dialect dialect,
            UnaryOperator<String> names,
            StepWriter.Work begin,
            String where) {
        this.connection = connection;
        this.runner = runner;
        this.dialect = dialect;
        this.names = names;
        this.begin = begin;
        this.where = where;
    }

    /// Makes an object of a row.
    @FunctionalInterface
    public interface RowMapper<R> {
        /// The row on which the result set stands; it is not moved.
        R map(ResultSet row) throws SQLException;
    }

    /// The key of the event whose handler is called next.
    void key(String next) {
        key = next;
    }

    /// Inserts, updates or deletes, at the latest at the end of the step.
    ///
    /// @param sql one statement, the same text each time; names in braces are the build's
    /// @param parameters for its question marks
    /// @throws IllegalArgumentException when a parameter is of a type that is not listed
    /// @throws DatabaseFailedException when statements that were waiting fail
    public void update(String sql, @Nullable Object... parameters) {
        waiting.add(names.apply(sql), key, values(parameters));
        if (waiting.size() >= STATEMENTS_MAX) {
            flush();
        }
    }

    /// Asks the model as it is after everything that this step has changed so far. It costs what waits a round trip
    /// to the database, and another one for the question.
    ///
    /// @throws IllegalArgumentException when a parameter is of a type that is not listed
    /// @throws IllegalStateException when more than [#ROWS_MAX] rows are found
    /// @throws DatabaseFailedException when the query, or statements that were waiting, fail
    public <R> List<R> query(String sql, RowMapper<R> mapper, @Nullable Object... parameters) {
        List<@Nullable Object> values = values(parameters);
        flush();
        try {
            begin.run();
            PreparedStatement statement = connection.statement(names.apply(sql));
            SqlValues.bind(statement, 0, values);
            try (ResultSet rows = statement.executeQuery()) {
                List<R> found = new ArrayList<>();
                while (rows.next()) {
                    if (found.size() == ROWS_MAX) {
                        throw new IllegalStateException("A query " + where + " found more than " + ROWS_MAX
                                + " rows (SqlModel.ROWS_MAX). Ask for fewer.");
                    }
                    found.add(mapper.map(rows));
                }
                return found;
            }
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    private List<@Nullable Object> values(@Nullable Object[] parameters) {
        List<@Nullable Object> values = new ArrayList<>(parameters.length);
        for (@Nullable Object parameter : parameters) {
            values.add(SqlValues.of(dialect, parameter));
        }
        return values;
    }

    private void flush() {
        if (waiting.size() == 0) {
            return;
        }
        try {
            begin.run();
            waiting.execute(runner);
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    /// Executes what waits. A step that has failed stays failed, whatever the handler made of it.
    void finish() {
        if (failure != null) {
            throw failure;
        }
        flush();
    }

    private RuntimeException failed(SQLException cause) {
        failure = new DatabaseFailedException("A statement " + where, Stored.NO, SqlFailures.isTransient(cause), cause);
        return failure;
    }
}
