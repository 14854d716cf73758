package dev.everfold.jdbc;

import dev.everfold.jdbc.StatementRunner.Row;
import java.sql.SQLException;
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

    private record Group(String sql, int place, List<Row> rows) {}

    void add(String sql, String key, List<@Nullable Object> values) {
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
        group.rows().add(new Row(key, values));
        lastPlaceOfKey.put(key, group.place());
        size++;
    }

    int size() {
        return size;
    }

    /// Executes all in order of groups, and forgets them.
    void execute(StatementRunner runner) throws SQLException {
        for (Group group : groups) {
            runner.run(group.sql(), group.rows());
        }
        clear();
    }

    void clear() {
        groups.clear();
        groupsOfSql.clear();
        lastPlaceOfKey.clear();
        size = 0;
    }

    /// Each statement in the order of execution, for tests.
    void inOrder(BiConsumer<String, List<@Nullable Object>> each) {
        groups.forEach(group -> group.rows().forEach(row -> each.accept(group.sql(), row.values())));
    }

    /// The SQL of each group and how many rows it has, for tests.
    List<String> plan() {
        return groups.stream()
                .map(group -> group.rows().size() + " × " + group.sql())
                .toList();
    }
}
