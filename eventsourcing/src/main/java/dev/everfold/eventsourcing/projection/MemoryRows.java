package dev.everfold.eventsourcing.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// How a handler changes a model in memory: values by key. For one thread, within the call of the handler.
///
/// Values are immutable: to change one is to put another. Then a step that fails leaves nothing behind.
public final class MemoryRows<K, V> {

    private final Map<K, V> values;
    private final List<Change<K, V>> changes = new ArrayList<>();

    private record Change<K, V>(K key, @Nullable V before) {}

    MemoryRows(Map<K, V> values) {
        this.values = values;
    }

    /// The value of a key.
    public Optional<V> get(K key) {
        return Optional.ofNullable(values.get(key));
    }

    /// Puts a value in place of the one there, if any.
    public void put(K key, V value) {
        changes.add(new Change<>(key, values.put(key, value)));
    }

    /// Removes the value of a key; does nothing where there is none.
    public void remove(K key) {
        V before = values.remove(key);
        if (before != null) {
            changes.add(new Change<>(key, before));
        }
    }

    /// Puts what the function makes of the value there; does nothing where there is none.
    public void update(K key, UnaryOperator<V> change) {
        values.computeIfPresent(key, (_, before) -> {
            V after = change.apply(before);
            changes.add(new Change<>(key, before));
            return after;
        });
    }

    /// Puts a value, or what the function makes of the one there and it.
    public void merge(K key, V value, BinaryOperator<V> merge) {
        // The value is looked up once: in a large model that is what takes the time.
        values.compute(key, (_, before) -> {
            V after = before == null ? value : merge.apply(before, value);
            changes.add(new Change<>(key, before));
            return after;
        });
    }

    void accept() {
        changes.clear();
    }

    void undo() {
        for (Change<K, V> change : changes.reversed()) {
            if (change.before() == null) {
                values.remove(change.key());
            } else {
                values.put(change.key(), change.before());
            }
        }
        changes.clear();
    }
}
