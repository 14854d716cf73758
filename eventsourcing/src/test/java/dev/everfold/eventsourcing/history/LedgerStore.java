package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// A store of ledgers whose events are recorded when the test says, on the 31st of January 2026.
final class LedgerStore implements AutoCloseable {

    static final Instant NOW = day(31);

    private static final int ALL = 1_000;

    final WatchedReads watched;
    final EventStore store;
    final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    final DeciderHandler<Ledger.Command, Ledger, Ledger.Event> ledgers;
    final DeciderHandler<Ledger.Command, Ledger, Ledger.Event> ledgersWithSnapshots;

    private final Everfold everfold;

    LedgerStore(EventStore store) {
        this.watched = WatchedReads.on(store);
        this.store = watched.store();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        this.everfold = Everfold.on(
                this.store, EverfoldOptions.defaults().withSnapshots(snapshots).withClock(clock));
        this.ledgers = everfold.decider("ledger", Ledger.DECIDER, Ledger.CODEC);
        this.ledgersWithSnapshots = ledgers.snapshots(SnapshotPolicy.every(ALL)).keepSnapshots(ALL);
    }

    static Instant day(int ofJanuary) {
        return Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofDays(ofJanuary - 1));
    }

    TimeTravel<Ledger, Ledger.Event> timeTravel() {
        return TimeTravel.on(
                store, Ledger.CODEC, Ledger.INITIAL, Ledger.DECIDER::evolve, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    static NewEvent event(String id, Ledger.Event event) {
        return Ledger.CODEC.encode("ledger-" + id, event, EventMetadata.none());
    }

    void record(NewEvent event, Instant recorded) {
        store.append(Append.of(List.of(event.recordedAt(recorded))));
    }

    void saveSnapshot(String id, long revision, long position, Ledger state) {
        SnapshotKey key =
                new SnapshotKey(store.lineage(), "ledger", Ledger.STATE_CODEC.schemaVersion(), "ledger-" + id);
        snapshots.put(new Snapshot(key, revision, position, FixedClock.NOON, Ledger.STATE_CODEC.encode(state)), ALL);
    }

    @Override
    public void close() {
        everfold.close();
        store.close();
    }
}
