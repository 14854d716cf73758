package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The snapshots of one decider: which are taken, how they are read. Safe for many threads.
final class Snapshots<S> {

    private static final System.Logger LOG = System.getLogger(Snapshots.class.getName());

    private final SnapshotPolicy<S> policy;
    private final int keep;
    private final StateCodec<S> codec;
    private final SnapshotStore store;
    private final SnapshotWorker worker;
    private final Clock clock;
    private final UUID lineage;
    private final String decider;

    Snapshots(
            SnapshotPolicy<S> policy,
            int keep,
            StateCodec<S> codec,
            SnapshotStore store,
            Everfold everfold,
            String decider) {
        this.policy = policy;
        this.keep = keep;
        this.codec = codec;
        this.store = store;
        this.worker = everfold.snapshotWorker();
        this.clock = everfold.options().clock();
        this.lineage = everfold.store().lineage();
        this.decider = decider;
    }

    /// The newest snapshot of a stream before `toRevision` that can be read.
    Optional<Folded<S>> newest(String stream, long toRevision) {
        try {
            return store.newest(key(stream), toRevision)
                    .map(snapshot -> new Folded<>(
                            codec.decode(snapshot.state()),
                            snapshot.revision(),
                            snapshot.position(),
                            snapshot.revision(),
                            snapshot.taken()));
        } catch (RuntimeException unreadable) {
            LOG.log(Level.WARNING, "snapshot not read, folding all events decider=" + decider, unreadable);
            return Optional.empty();
        }
    }

    /// Has a snapshot taken when it is due; returns at once with what is known of the newest one since.
    ///
    /// The events are stored by now, so nothing that fails here may look as if the command had failed.
    Folded<S> takeIfDue(String stream, Folded<S> folded) {
        try {
            Instant now = clock.instant();
            SnapshotPolicy.Progress<S> progress = new SnapshotPolicy.Progress<>(
                    folded.state(), folded.eventsSinceSnapshot(), Duration.between(folded.snapshotTaken(), now));
            boolean taken =
                    policy.isDue(progress) && worker.offer(() -> store.put(snapshot(stream, folded, now), keep));
            return taken ? folded.snapshotTakenAt(now) : folded;
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "snapshot policy failed decider=" + decider, failed);
            return folded;
        }
    }

    private Snapshot snapshot(String stream, Folded<S> folded, Instant taken) {
        return new Snapshot(key(stream), folded.revision(), folded.position(), taken, codec.encode(folded.state()));
    }

    private SnapshotKey key(String stream) {
        return new SnapshotKey(lineage, decider, codec.schemaVersion(), stream);
    }
}
