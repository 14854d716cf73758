package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What one build holds in memory: values, how far it is, and what is parked. Guarded by the lock of its model.
final class MemoryBuild<K, V> {

    private final Build made;
    private final Map<K, V> values = new HashMap<>();
    private final TreeMap<Long, ParkedEvent> parked = new TreeMap<>();
    private @Nullable Checkpoint checkpoint;
    private boolean isServing;

    /// @param made as it was made
    MemoryBuild(Build made) {
        this.made = made;
        this.isServing = made.serving();
    }

    /// The build as it is now.
    Build now() {
        Checkpoint reached = checkpoint;
        long position = reached == null ? 0 : reached.position();
        return new Build(made.projection(), made.version(), made.number(), 1, isServing, position);
    }

    int version() {
        return made.version();
    }

    /// What it holds, as it goes on changing.
    Map<K, V> values() {
        return values;
    }

    boolean isServing() {
        return isServing;
    }

    /// Readers see it from now on.
    void serve() {
        isServing = true;
    }

    Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    List<ParkedEvent> parked() {
        return List.copyOf(parked.values());
    }

    /// Carries a step out; nothing of it where the handler fails.
    void apply(Step step, BiConsumer<MemoryRows<K, V>, RecordedEvent> handler) {
        MemoryRows<K, V> rows = new MemoryRows<>(values);
        try {
            step.events().forEach(event -> handler.accept(rows, event));
        } catch (RuntimeException | Error failed) {
            rows.undo();
            throw failed;
        }
        rows.accept();
        checkpoint = step.after();
        step.unpark().forEach(parked::remove);
        step.park().forEach(each -> parked.put(each.position(), each));
    }

    /// Begins again from nothing.
    void clear() {
        values.clear();
        parked.clear();
        checkpoint = null;
    }

    /// Keys and values as their `toString`.
    ModelSnapshot snapshot() {
        List<ModelRow> rows = new ArrayList<>();
        values.forEach((key, value) ->
                rows.add(new ModelRow(made.projection(), key.toString(), Map.of("value", value.toString()))));
        rows.sort(Comparator.naturalOrder());
        return new MemorySnapshot(now().position(), rows);
    }

    private record MemorySnapshot(long position, List<ModelRow> all) implements ModelSnapshot {
        @Override
        public Iterator<ModelRow> rows() {
            return all.iterator();
        }

        @Override
        public void close() {}
    }
}
