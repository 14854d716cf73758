package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventstore.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// What every [SnapshotStore] does, as checks that need no test library. With JUnit:
///
/// ```java
/// @TestFactory
/// Stream<DynamicTest> keeps_snapshots_as_expected() {
///     return new SnapshotStoreConformance(this::emptyStore).checks().stream()
///             .map(check -> dynamicTest(check.name(), check.body()::run));
/// }
/// ```
///
/// Open: what a store that outlives its process finds again, and what many threads see of each other.
public final class SnapshotStoreConformance {

    private static final UUID LINEAGE = FixedIds.id(1);
    private static final SnapshotKey KEY = new SnapshotKey(LINEAGE, "account", 7, "account-42");

    private final Supplier<? extends SnapshotStore> emptyStores;

    /// @param emptyStores gives an empty store for each check
    public SnapshotStoreConformance(Supplier<? extends SnapshotStore> emptyStores) {
        this.emptyStores = emptyStores;
    }

    /// One thing that a store does.
    ///
    /// @param name a sentence
    /// @param body throws an [AssertionError] where the store does not
    public record Check(String name, Runnable body) {}

    /// All checks, in no particular order.
    public List<Check> checks() {
        return List.of(
                new Check("a store without snapshots has none", this::isEmptyAtFirst),
                new Check("a snapshot comes back as it was put", this::comesBack),
                new Check("a snapshot replaces one of the same revision", this::replaces),
                new Check("only the newest are kept, as many as are asked for", this::keepsNewest),
                new Check("an older snapshot does not take the place of a newer one", this::olderComesLate),
                new Check("the newest before a revision is found", this::findsBefore),
                new Check("keys that differ in anything are kept apart", this::keepsKeysApart),
                new Check("all snapshots of a decider are deleted, and no others", this::deletesAll));
    }

    private void isEmptyAtFirst() {
        same(Optional.empty(), emptyStores.get().newest(KEY, Long.MAX_VALUE));
    }

    private void comesBack() {
        SnapshotStore store = emptyStores.get();
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        Snapshot snapshot =
                new Snapshot(KEY, 99, 1_000_000_000_000L, FixedClock.NOON.plusNanos(1_000), Bytes.of(everyByte));

        store.put(snapshot, 1);

        same(Optional.of(snapshot), store.newest(KEY, Long.MAX_VALUE));
    }

    private void replaces() {
        SnapshotStore store = emptyStores.get();
        store.put(snapshot(KEY, 9, "old"), 2);

        store.put(snapshot(KEY, 9, "new"), 2);

        same(Optional.of(snapshot(KEY, 9, "new")), store.newest(KEY, Long.MAX_VALUE));
        same(Optional.empty(), store.newest(KEY, 9));
    }

    private void keepsNewest() {
        SnapshotStore store = emptyStores.get();
        for (int revision = 1; revision <= 5; revision++) {
            store.put(snapshot(KEY, revision, "state " + revision), 2);
        }

        same(Optional.of(snapshot(KEY, 5, "state 5")), store.newest(KEY, Long.MAX_VALUE));
        same(Optional.of(snapshot(KEY, 4, "state 4")), store.newest(KEY, 5));
        same(Optional.empty(), store.newest(KEY, 4));
    }

    private void olderComesLate() {
        SnapshotStore store = emptyStores.get();
        store.put(snapshot(KEY, 5, "state 5"), 1);

        store.put(snapshot(KEY, 3, "state 3"), 1);

        same(Optional.of(snapshot(KEY, 5, "state 5")), store.newest(KEY, Long.MAX_VALUE));
        same(Optional.empty(), store.newest(KEY, 5));
    }

    private void findsBefore() {
        SnapshotStore store = emptyStores.get();
        store.put(snapshot(KEY, 0, "state 0"), 10);
        store.put(snapshot(KEY, 5, "state 5"), 10);

        same(Optional.of(snapshot(KEY, 5, "state 5")), store.newest(KEY, 6));
        same(Optional.of(snapshot(KEY, 0, "state 0")), store.newest(KEY, 5));
        same(Optional.of(snapshot(KEY, 0, "state 0")), store.newest(KEY, 1));
        same(Optional.empty(), store.newest(KEY, 0));
    }

    private void keepsKeysApart() {
        SnapshotStore store = emptyStores.get();
        store.put(snapshot(KEY, 9, "this one"), 1);
        List<SnapshotKey> others = List.of(
                new SnapshotKey(FixedIds.id(2), "account", 7, "account-42"),
                new SnapshotKey(LINEAGE, "Account", 7, "account-42"),
                new SnapshotKey(LINEAGE, "account", -7, "account-42"),
                new SnapshotKey(LINEAGE, "account", 7, "account-4"));
        for (SnapshotKey other : others) {
            same(Optional.empty(), store.newest(other, Long.MAX_VALUE));
            store.put(snapshot(other, 10, "another"), 1);
        }

        same(Optional.of(snapshot(KEY, 9, "this one")), store.newest(KEY, Long.MAX_VALUE));
        for (SnapshotKey other : others) {
            same(Optional.of(snapshot(other, 10, "another")), store.newest(other, Long.MAX_VALUE));
        }
    }

    private void deletesAll() {
        SnapshotStore store = emptyStores.get();
        SnapshotKey sameDecider = new SnapshotKey(FixedIds.id(2), "account", 8, "account-43");
        SnapshotKey otherDecider = new SnapshotKey(LINEAGE, "accounts", 7, "account-42");
        for (SnapshotKey key : List.of(KEY, sameDecider, otherDecider)) {
            store.put(snapshot(key, 9, "state"), 1);
        }

        store.deleteAll("account");

        same(Optional.empty(), store.newest(KEY, Long.MAX_VALUE));
        same(Optional.empty(), store.newest(sameDecider, Long.MAX_VALUE));
        same(Optional.of(snapshot(otherDecider, 9, "state")), store.newest(otherDecider, Long.MAX_VALUE));
    }

    private static Snapshot snapshot(SnapshotKey key, long revision, String state) {
        return new Snapshot(key, revision, revision + 100, FixedClock.NOON, Bytes.utf8(state));
    }

    private static void same(Optional<Snapshot> expected, Optional<Snapshot> found) {
        if (!expected.equals(found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
