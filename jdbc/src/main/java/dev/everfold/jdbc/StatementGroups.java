package dev.everfold.jdbc;

import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Statements that wait to be executed, put together so that equal ones go to the database at once.
///
/// Statements of one key keep their order. Those of different keys do not depend on each other
/// ([dev.everfold.eventsourcing.projection.Projection#sequencedBy]), so each joins the earliest group of the same
/// SQL that is not before the last group of its key. For one thread.
final class StatementGroups {

    private final List<Group> groups = new ArrayList<>();
    private final Map<String, TreeMap<Integer, Group>> groupsOfSql = new HashMap<>();
    private final Map<String, Integer> lastPlaceOfKey = new HashMap<>();
    private int size;

    private record Group(String sql, int place, List<@Nullable Object[]> rows) {}

    void add(String sql, String key, @Nullable Object[] values) {
        TreeMap<Integer, Group> same = groupsOfSql.computeIfAbsent(sql, _ -> new TreeMap<>());
        Map.Entry<Integer, Group> earliest = same.ceilingEntry(lastPlaceOfKey.getOrDefault(key, 0));
        Group group;
        if (earliest == null) {
            group = new Group(sql, groups.size(), new ArrayList<>());
            groups.add(group);
            same.put(group.place(), group);
        } else {
            group = earliest.getValue();
        }
        group.rows().add(values);
        lastPlaceOfKey.put(key, group.place());
        size++;
    }

    int size() {
        return size;
    }

    /// Executes all in order of groups, and forgets them.
    void execute(StepConnection connection) throws SQLException {
        for (Group group : groups) {
            if (group.rows().size() == 1 || connection.isOneByOne(group.sql())) {
                executeOneByOne(connection.statement(group.sql()), group.rows());
            } else {
                executeBatch(connection, group);
            }
        }
        clear();
    }

    private static void executeOneByOne(PreparedStatement statement, List<@Nullable Object[]> rows)
            throws SQLException {
        for (@Nullable Object[] row : rows) {
            SqlValues.bind(statement, row);
            statement.executeUpdate();
        }
    }

    private static void executeBatch(StepConnection connection, Group group) throws SQLException {
        try {
            executeBatch(connection.statement(group.sql()), group.rows());
        } catch (SQLException failed) {
            if (!SqlFailures.isRowTwice(failed)) {
                throw failed;
            }
            connection.oneByOne(group.sql());
            throw new SQLTransientException(
                    "a row was named twice by one statement, which the driver makes of a batch when told"
                            + " reWriteBatchedInserts=true; from now on its rows are sent one by one",
                    failed.getSQLState(),
                    failed);
        }
    }

    private static void executeBatch(PreparedStatement statement, List<@Nullable Object[]> rows) throws SQLException {
        try {
            for (@Nullable Object[] row : rows) {
                SqlValues.bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (BatchUpdateException failed) {
            statement.clearBatch();
            // The one that says what was wrong with the row.
            throw failed.getNextException() == null ? failed : failed.getNextException();
        } catch (SQLException failed) {
            statement.clearBatch();
            throw failed;
        }
    }

    void clear() {
        groups.clear();
        groupsOfSql.clear();
        lastPlaceOfKey.clear();
        size = 0;
    }

    /// Each statement in the order of execution, for tests.
    void inOrder(BiConsumer<String, @Nullable Object[]> each) {
        groups.forEach(group -> group.rows().forEach(row -> each.accept(group.sql(), row)));
    }

    /// The SQL of each group and how many rows it has, for tests.
    List<String> plan() {
        return groups.stream()
                .map(group -> group.rows().size() + " × " + group.sql())
                .toList();
    }
}
