package dev.everfold.eventsourcing.snapshot;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Snapshots for as long as the process lives. When they take too much room, those of streams that had
/// none taken for longest go.
public final class InMemorySnapshotStore implements SnapshotStore {

    private static final long BYTES_MAX = 64L << 20;

    private final long bytesMax;

    /// By key and revision, the key that was put last at the end. Guarded by this, like the next.
    private final Map<SnapshotKey, NavigableMap<Long, Snapshot>> snapshots = new LinkedHashMap<>();

    private long bytes;

    /// At most 64 MiB of states.
    public InMemorySnapshotStore() {
        this(BYTES_MAX);
    }

    /// @param bytesMax states, encoded; 1 or more
    public InMemorySnapshotStore(long bytesMax) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException(
                    "InMemorySnapshotStore.bytesMax is " + bytesMax + "; expected 1 or more.");
        }
        this.bytesMax = bytesMax;
    }

    @Override
    public synchronized void put(Snapshot snapshot, int keep) {
        NavigableMap<Long, Snapshot> ofKey = snapshots.remove(snapshot.key());
        if (ofKey == null) {
            ofKey = new TreeMap<>();
        }
        snapshots.put(snapshot.key(), ofKey);
        Snapshot replaced = ofKey.put(snapshot.revision(), snapshot);
        bytes += snapshot.state().length()
                - (replaced == null ? 0 : replaced.state().length());
        while (ofKey.size() > keep) {
            bytes -= ofKey.pollFirstEntry().getValue().state().length();
        }
        Iterator<NavigableMap<Long, Snapshot>> oldest = snapshots.values().iterator();
        while (bytes > bytesMax) {
            bytes -= bytes(oldest.next());
            oldest.remove();
        }
    }

    @Override
    public synchronized Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
        NavigableMap<Long, Snapshot> ofKey = snapshots.get(key);
        if (ofKey == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(ofKey.lowerEntry(toRevision)).map(Map.Entry::getValue);
    }

    @Override
    public synchronized void deleteAll(String decider) {
        Iterator<Map.Entry<SnapshotKey, NavigableMap<Long, Snapshot>>> all =
                snapshots.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<SnapshotKey, NavigableMap<Long, Snapshot>> entry = all.next();
            if (entry.getKey().decider().equals(decider)) {
                bytes -= bytes(entry.getValue());
                all.remove();
            }
        }
    }

    private static long bytes(NavigableMap<Long, Snapshot> ofKey) {
        return ofKey.values().stream()
                .mapToLong(snapshot -> snapshot.state().length())
                .sum();
    }
}
