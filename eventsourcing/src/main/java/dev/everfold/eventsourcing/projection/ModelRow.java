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

    /// By part, then by key, both by UTF-16 code unit.
    @Override
    public int compareTo(ModelRow other) {
        int byPart = part.compareTo(other.part);
        return byPart != 0 ? byPart : key.compareTo(other.key);
    }
}
