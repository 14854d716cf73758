package dev.everfold.eventsourcing.projection;

import java.util.Map;
import java.util.TreeMap;

/// A row, document or entry of a read model, for comparing.
///
/// @param part table or index; the same in all builds
/// @param key what it is found by, as text
/// @param values its fields by name, as text; empty text and absence differ
public record ModelRow(String part, String key, Map<String, String> values) implements Comparable<ModelRow> {

    /// Copies and sorts the map.
    public ModelRow {
        values = java.util.Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /// A row without fields; say which it has by [#with].
    ///
    /// @param part table or index; of a model in memory, the name of the projection
    /// @param key what it is found by, as text; of a table with a primary key of several columns, with `/`
    ///     in between
    public static ModelRow row(String part, Object key) {
        return new ModelRow(part, key.toString(), Map.of());
    }

    /// The same with a field, whose value is compared as text.
    public ModelRow with(String field, Object value) {
        Map<String, String> more = new TreeMap<>(values);
        more.put(field, value.toString());
        return new ModelRow(part, key, more);
    }

    /// By part, then by key, both by UTF-16 code unit.
    @Override
    public int compareTo(ModelRow other) {
        int byPart = part.compareTo(other.part);
        return byPart != 0 ? byPart : key.compareTo(other.key);
    }
}
