package dev.everfold.kurrent.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What was asked for most recently, up to so many; the rest is forgotten. Safe for use by many
/// threads.
final class Recent<V> {

    // Guarded by this.
    private final Map<String, V> values;

    Recent(int max) {
        this.values = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        };
    }

    synchronized Optional<V> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    synchronized void put(String name, V value) {
        values.put(name, value);
    }

    synchronized void forget(String name) {
        values.remove(name);
    }
}
