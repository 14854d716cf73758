package dev.everfold.eventsourcing.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventsourcing.testing.SnapshotStoreConformance;
import dev.everfold.eventstore.Bytes;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class InMemorySnapshotStoreTest {

    @TestFactory
    Stream<DynamicTest> it_keeps_snapshots_as_every_store_does() {
        return new SnapshotStoreConformance(InMemorySnapshotStore::new)
                .checks().stream().map(check -> dynamicTest(check.name(), check.body()::run));
    }

    @Test
    void what_takes_too_much_room_goes_and_what_was_put_last_stays() {
        InMemorySnapshotStore store = new InMemorySnapshotStore(100);
        store.put(snapshot("account-1", 40), 1);
        store.put(snapshot("account-2", 40), 1);
        store.put(snapshot("account-1", 40), 1);

        store.put(snapshot("account-3", 40), 1);

        assertThat(store.newest(key("account-1"), Long.MAX_VALUE)).isPresent();
        assertThat(store.newest(key("account-2"), Long.MAX_VALUE)).isEmpty();
        assertThat(store.newest(key("account-3"), Long.MAX_VALUE)).isPresent();
    }

    @Test
    void a_state_larger_than_all_the_room_is_not_kept_and_the_store_goes_on() {
        InMemorySnapshotStore store = new InMemorySnapshotStore(100);

        store.put(snapshot("account-1", 101), 1);
        store.put(snapshot("account-2", 100), 1);

        assertThat(store.newest(key("account-1"), Long.MAX_VALUE)).isEmpty();
        assertThat(store.newest(key("account-2"), Long.MAX_VALUE)).isPresent();
    }

    @Test
    void a_store_without_room_is_refused() {
        assertThatThrownBy(() -> new InMemorySnapshotStore(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("InMemorySnapshotStore.bytesMax is 0; expected 1 or more.");
    }

    private static SnapshotKey key(String stream) {
        return new SnapshotKey(FixedIds.id(1), "account", 1, stream);
    }

    private static Snapshot snapshot(String stream, int bytes) {
        return new Snapshot(key(stream), 5, 5, FixedClock.NOON, Bytes.of(new byte[bytes]));
    }
}
