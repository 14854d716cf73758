package dev.everfold.jdbc;

import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Executes one statement for many rows, within the transaction of a step. For one claim, in one thread.
///
/// PostgreSQL is given insertions of many rows where that is possible ([MultiRowInsert]). Such a statement may not
/// change one row of the model twice, so each has a key at most once. Where rows of different keys meet nevertheless,
/// as in a total of all, it is refused, and the statement is executed row by row from then on.
final class StatementRunner {

    private final StepConnection connection;
    private final Dialect dialect;
    private final Map<String, Optional<MultiRowInsert>> inserts = new HashMap<>();

    StatementRunner(StepConnection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /// What a statement is executed with.
    ///
    /// @param key rows of one key are executed in their order
    record Row(String key, List<@Nullable Object> values) {}

    void run(String sql, List<Row> rows) throws SQLException {
        if (dialect == Dialect.POSTGRESQL && rows.size() >= MultiRowInsert.ROWS) {
            if (inserts.size() >= StepConnection.STATEMENTS_MAX) {
                inserts.clear();
            }
            Optional<MultiRowInsert> insert = inserts.computeIfAbsent(sql, MultiRowInsert::of);
            if (insert.isPresent() && insert.get().fits(rows) && runTogether(insert.get(), sql, rows)) {
                return;
            }
        }
        runEach(sql, rows);
    }

    /// @return false when nothing was done, since two rows are one in the model
    private boolean runTogether(MultiRowInsert insert, String sql, List<Row> rows) throws SQLException {
        Savepoint before = connection.savepoint();
        List<Row> left;
        try {
            left = runWhole(insert, rows);
        } catch (SQLException failed) {
            if (!SqlFailures.isRowTwice(failed)) {
                throw failed;
            }
            connection.rollBackTo(before);
            inserts.put(sql, Optional.empty());
            return false;
        }
        connection.release(before);
        runEach(sql, left);
        return true;
    }

    /// Takes one row of each key, then the next one of each, as long as there are enough for a whole statement.
    ///
    /// @return the rows that are left; all rows of a key that follow one of them are among them
    private List<Row> runWhole(MultiRowInsert insert, List<Row> rows) throws SQLException {
        PreparedStatement statement = connection.statement(insert.sql());
        statement.clearBatch();
        List<Row> left = new ArrayList<>();
        Set<String> keysLeft = new HashSet<>();
        List<Row> rest = rows;
        while (!rest.isEmpty()) {
            Set<String> keys = new HashSet<>();
            List<Row> wave = new ArrayList<>();
            List<Row> later = new ArrayList<>();
            for (Row row : rest) {
                if (keysLeft.contains(row.key())) {
                    left.add(row);
                } else {
                    (keys.add(row.key()) ? wave : later).add(row);
                }
            }
            int whole = wave.size() - wave.size() % MultiRowInsert.ROWS;
            addBatch(statement, wave.subList(0, whole));
            for (Row row : wave.subList(whole, wave.size())) {
                left.add(row);
                keysLeft.add(row.key());
            }
            rest = later;
        }
        execute(statement);
        return left;
    }

    private static void addBatch(PreparedStatement statement, List<Row> rows) throws SQLException {
        for (int i = 0; i < rows.size(); i += MultiRowInsert.ROWS) {
            int place = 0;
            for (Row row : rows.subList(i, i + MultiRowInsert.ROWS)) {
                SqlValues.bind(statement, place, row.values());
                place += row.values().size();
            }
            statement.addBatch();
        }
    }

    private void runEach(String sql, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        PreparedStatement statement = connection.statement(sql);
        if (rows.size() == 1 || connection.isOneByOne(sql)) {
            for (Row row : rows) {
                SqlValues.bind(statement, 0, row.values());
                statement.executeUpdate();
            }
            return;
        }
        statement.clearBatch();
        for (Row row : rows) {
            SqlValues.bind(statement, 0, row.values());
            statement.addBatch();
        }
        try {
            execute(statement);
        } catch (SQLException failed) {
            if (!SqlFailures.isRowTwice(failed)) {
                throw failed;
            }
            connection.oneByOne(sql);
            throw new SQLTransientException(
                    "a row was named twice by one statement, which the driver makes of a batch when told"
                            + " reWriteBatchedInserts=true; from now on its rows are sent one by one",
                    failed.getSQLState(),
                    failed);
        }
    }

    private static void execute(PreparedStatement statement) throws SQLException {
        try {
            statement.executeBatch();
        } catch (BatchUpdateException failed) {
            // The one that says what was wrong with the row.
            throw failed.getNextException() == null ? failed : failed.getNextException();
        }
    }
}
