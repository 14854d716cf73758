package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import java.util.Optional;

/// What a decider's handler was told about its snapshots.
///
/// @param policy when one is due; empty = none is taken, and none is read
/// @param store where they go; empty = where all of the [Everfold] go
/// @param codec how a state becomes bytes; empty = JSON of the class of the initial state
/// @param keep how many of each stream are kept, the newest ones; 1 or more
record SnapshotSettings<S>(
        Optional<SnapshotPolicy<S>> policy, Optional<SnapshotStore> store, Optional<StateCodec<S>> codec, int keep) {

    SnapshotSettings {
        if (keep < 1) {
            throw new IllegalArgumentException("Keeping " + keep + " snapshots of a stream; expected 1 or more.");
        }
    }

    static <S> SnapshotSettings<S> never() {
        return new SnapshotSettings<>(Optional.empty(), Optional.empty(), Optional.empty(), 1);
    }
}
