package dev.everfold.eventsourcing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventstore.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The checks find stores that do not do as they should.
class SnapshotStoreConformanceTest {

    @Test
    void a_store_that_does_nothing_passes_only_for_being_empty() {
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public void put(Snapshot snapshot, int keep) {}
                }))
                .hasSize(7)
                .doesNotContain("a store without snapshots has none");
    }

    @Test
    void a_store_that_is_never_empty_is_found() {
        Snapshot stray = new Snapshot(
                new SnapshotKey(FixedIds.id(1), "account", 7, "account-42"), 1, 1, FixedClock.NOON, Bytes.empty());
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
                        return super.newest(key, toRevision).or(() -> Optional.of(stray));
                    }
                }))
                .contains("a store without snapshots has none");
    }

    @Test
    void a_store_that_keeps_one_whatever_is_asked_for_is_found() {
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public void put(Snapshot snapshot, int keep) {
                        super.put(snapshot, 1);
                    }
                }))
                .containsExactly(
                        "only the newest are kept, as many as are asked for", "the newest before a revision is found");
    }

    @Test
    void a_store_that_keeps_all_is_found() {
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public void put(Snapshot snapshot, int keep) {
                        super.put(snapshot, 1_000);
                    }
                }))
                .containsExactly(
                        "only the newest are kept, as many as are asked for",
                        "an older snapshot does not take the place of a newer one");
    }

    @Test
    void a_store_that_takes_the_range_for_closed_is_found() {
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
                        return super.newest(key, Math.max(toRevision, toRevision + 1));
                    }
                }))
                .contains("the newest before a revision is found", "a snapshot replaces one of the same revision");
    }

    @Test
    void a_store_that_forgets_a_part_of_the_key_is_found() {
        for (int part = 0; part < 4; part++) {
            int forgotten = part;
            assertThat(failed(() -> new KeyForgetter(forgotten)))
                    .as("part %s", part)
                    .contains("keys that differ in anything are kept apart");
        }
    }

    @Test
    void a_store_that_deletes_nothing_and_one_that_deletes_everything_are_found() {
        String name = "all snapshots of a decider are deleted, and no others";
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public void deleteAll(String decider) {}
                }))
                .containsExactly(name);
        assertThat(failed(() -> new FaultyStore() {
                    @Override
                    public void deleteAll(String decider) {
                        super.deleteAll("account");
                        super.deleteAll("accounts");
                    }
                }))
                .containsExactly(name);
    }

    @Test
    void a_store_that_does_as_it_should_passes() {
        assertThat(failed(FaultyStore::new)).isEmpty();
    }

    private static List<String> failed(Supplier<SnapshotStore> stores) {
        return new SnapshotStoreConformance(stores)
                .checks().stream()
                        .filter(SnapshotStoreConformanceTest::fails)
                        .map(SnapshotStoreConformance.Check::name)
                        .toList();
    }

    private static boolean fails(SnapshotStoreConformance.Check check) {
        try {
            check.body().run();
            return false;
        } catch (AssertionError found) {
            return true;
        }
    }

    /// Does as it should, unless a test changes it.
    private static class FaultyStore implements SnapshotStore {

        private final InMemorySnapshotStore delegate = new InMemorySnapshotStore();

        @Override
        public void put(Snapshot snapshot, int keep) {
            delegate.put(snapshot, keep);
        }

        @Override
        public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
            return delegate.newest(key, toRevision);
        }

        @Override
        public void deleteAll(String decider) {
            delegate.deleteAll(decider);
        }
    }

    private static final class KeyForgetter extends FaultyStore {

        private final int part;

        KeyForgetter(int part) {
            this.part = part;
        }

        @Override
        public void put(Snapshot snapshot, int keep) {
            super.put(with(snapshot, without(snapshot.key())), keep);
        }

        @Override
        public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
            return super.newest(without(key), toRevision).map(snapshot -> with(snapshot, key));
        }

        private SnapshotKey without(SnapshotKey key) {
            return new SnapshotKey(
                    part == 0 ? FixedIds.id(9) : key.lineage(),
                    part == 1 ? "forgotten" : key.decider(),
                    part == 2 ? 0 : key.schemaVersion(),
                    part == 3 ? "forgotten" : key.stream());
        }

        private static Snapshot with(Snapshot snapshot, SnapshotKey key) {
            return new Snapshot(key, snapshot.revision(), snapshot.position(), snapshot.taken(), snapshot.state());
        }
    }
}
