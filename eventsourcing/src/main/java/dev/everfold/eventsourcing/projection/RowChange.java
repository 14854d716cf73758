package dev.everfold.eventsourcing.projection;

import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeSet;

/// A row that a changed projection would make otherwise.
///
/// @param before as it is; empty when it would be new
/// @param after as it would be; empty when it would be gone
public record RowChange(Optional<ModelRow> before, Optional<ModelRow> after) {

    /// One line: `+ accounts alice {cents=5}`, `- accounts bob {cents=7}` or `~ accounts carol cents: 5 → 7`.
    @Override
    public String toString() {
        if (before.isEmpty()) {
            return after.map(row -> "+ " + words(row)).orElse("");
        }
        return after.map(row -> "~ " + place(row) + " " + fields(before.get().values(), row.values()))
                .orElseGet(() -> "- " + words(before.get()));
    }

    private static String words(ModelRow row) {
        return place(row) + " " + row.values();
    }

    private static String place(ModelRow row) {
        return row.part() + " " + row.key();
    }

    private static String fields(Map<String, String> before, Map<String, String> after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        StringJoiner changes = new StringJoiner(", ");
        for (String name : names) {
            String was = before.getOrDefault(name, "nothing");
            String is = after.getOrDefault(name, "nothing");
            if (!was.equals(is)) {
                changes.add(name + ": " + was + " → " + is);
            }
        }
        return changes.toString();
    }
}
