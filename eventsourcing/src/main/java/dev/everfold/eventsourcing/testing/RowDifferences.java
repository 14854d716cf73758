package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.projection.ModelRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// What differs between the rows that are expected and those that are found, in lines.
final class RowDifferences {

    /// Lines of a message at most; the rest is counted.
    private static final int LINES_MAX = 20;

    private static final Comparator<ModelRow> ORDER = Comparator.<ModelRow>naturalOrder()
            .thenComparing(row -> row.values().toString());

    private RowDifferences() {}

    /// One line for each row, in the order of rows; empty when they are the same.
    static List<String> between(List<ModelRow> expected, List<ModelRow> found) {
        List<String> lines = lines(sorted(expected), sorted(found));
        if (lines.size() <= LINES_MAX) {
            return lines;
        }
        List<String> first = new ArrayList<>(lines.subList(0, LINES_MAX));
        first.add("and " + (lines.size() - LINES_MAX) + " rows more");
        return first;
    }

    private static List<ModelRow> sorted(List<ModelRow> rows) {
        return rows.stream().sorted(ORDER).toList();
    }

    private static List<String> lines(List<ModelRow> expected, List<ModelRow> found) {
        List<String> lines = new ArrayList<>();
        int e = 0;
        int f = 0;
        while (e < expected.size() || f < found.size()) {
            int order = e == expected.size()
                    ? 1
                    : f == found.size() ? -1 : expected.get(e).compareTo(found.get(f));
            if (order < 0) {
                ModelRow row = expected.get(e++);
                lines.add(place(row) + ": expected " + row.values() + ", found nothing");
            } else if (order > 0) {
                ModelRow row = found.get(f++);
                lines.add(place(row) + ": expected nothing, found " + row.values());
            } else {
                addFields(lines, expected.get(e++), found.get(f++));
            }
        }
        return lines;
    }

    private static void addFields(List<String> lines, ModelRow expected, ModelRow found) {
        TreeSet<String> names = new TreeSet<>(expected.values().keySet());
        names.addAll(found.values().keySet());
        List<String> fields = new ArrayList<>();
        for (String name : names) {
            String one = expected.values().getOrDefault(name, "nothing");
            String other = found.values().getOrDefault(name, "nothing");
            if (!one.equals(other)) {
                fields.add(name + " expected " + one + ", found " + other);
            }
        }
        if (!fields.isEmpty()) {
            lines.add(place(expected) + ": " + String.join("; ", fields));
        }
    }

    private static String place(ModelRow row) {
        return row.part() + " " + row.key();
    }
}
